-- command: --time 0.2 sandbox_time_is_over.lua
local function wait()
  while true do end
end
wait()
