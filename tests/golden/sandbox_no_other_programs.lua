-- command: --sandbox sandbox_no_other_programs.lua
local function list(folder) return io.popen("ls " .. folder):read("a") end
print(list("."))
