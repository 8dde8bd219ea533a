local gibbs = require "gibbs"
for _, make in ipairs { gibbs.spins, gibbs.bits, gibbs.reals } do print(pcall(make, 4, 4)) end
print(pcall(gibbs.potts, 4, 4, 3))
gibbs.spins(2, 2, 2)
