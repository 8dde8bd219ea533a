-- Names with and without gibbs, of a method, of a row, of a class.
local gibbs = require "gibbs"
for _, name in ipairs { "kl", "gibbs.onsager", "lattice:sites", "distribution:entropy", "inverse", "class lattice" } do
  print("== " .. name)
  gibbs.help(name)
end
