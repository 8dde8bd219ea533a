-- Names that nothing has, and words that are mentioned.
local gibbs = require "gibbs"
for _, name in ipairs { "kll", "gibbs.boltzman", "anealing", "xyzzy", "Kullback" } do
  print("== " .. name)
  gibbs.help(name)
end
