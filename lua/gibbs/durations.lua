--- Spans of time in words.

local durations = {}

local units = { { 86400, "d", 3600, "h" }, { 3600, "h", 60, "min" }, { 60, "min", 1, "s" } }

---"0.4 s", "12 s", "3 min 5 s", "2 h 30 min", "1 d 4 h"
---@param seconds number
function durations.text(seconds)
  if seconds < 9.95 then return ("%.1f s"):format(seconds) end
  local whole = math.floor(seconds + 0.5)
  for _, unit in ipairs(units) do
    local length, name, smaller, smaller_name = table.unpack(unit)
    if whole >= length then return ("%d %s %d %s"):format(whole // length, name, whole % length // smaller, smaller_name) end
  end
  return ("%d s"):format(whole)
end

return durations
