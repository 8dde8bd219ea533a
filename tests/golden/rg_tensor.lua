-- gibbs.rg.tensor: options that cannot be.
local gibbs = require "gibbs"

local function tell(...)
  print(select(2, pcall(gibbs.rg.tensor, ...)))
end

tell()
tell(0.4)
tell({ K = 0.4 }, 16)
tell{}
tell{ K = "0.4" }
tell{ K = 101 }
tell{ K = 0 / 0 }
tell{ K = 0.4, h = 1 / 0 }
tell{ K = 0.4, q = 1 }
tell{ K = 0.4, q = 17 }
tell{ K = 0.4, q = 5, bond_dimension = 4 }
tell{ K = 0.4, bond_dimension = 65 }
tell{ K = 0.4, steps = 2.5 }
tell{ K = 0.4, chi = 16 }
