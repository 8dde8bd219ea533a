-- args: --traceback
local function inner() error("deep") end
local function outer() inner() end
outer()
