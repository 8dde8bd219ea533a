local gibbs = require "gibbs"
local data = gibbs.data{ { 0, 128 }, { 255, 256 } }
print(data:scale{ high = 255 })
