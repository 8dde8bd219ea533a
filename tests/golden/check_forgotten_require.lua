-- command: check check_forgotten_require.lua
local s = gibbs.spins(4)
