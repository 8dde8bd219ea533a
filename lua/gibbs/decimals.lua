--- Decimal numbers as they are written: read exactly, counted exactly, printed as one would write them.

---@class gibbs.Decimal
---@field digits integer  the number is digits * 10^-places
---@field places integer

local decimals = {}

local MOST_DIGITS = 15 -- what a double holds of any decimal, and far from where integers wrap around

--- digits * 10^more, or nil where that is too long.
local function lengthen(digits, more)
  local longer = math.tointeger(digits * 10.0 ^ more)
  return longer and math.abs(longer) < 10 ^ MOST_DIGITS and longer or nil
end

---Read "0.25", "-3", ".5", "1e-3"; nil for anything else, or for one with too many digits.
---@param text string
---@return gibbs.Decimal?
function decimals.read(text)
  local sign, whole, fraction, exponent = text:match("^([+-]?)(%d*)%.?(%d*)[eE]?([+-]?%d*)$")
  if not sign or whole .. fraction == "" or not tonumber(text) then return nil end
  fraction = fraction:gsub("0+$", "")
  local digits = tonumber(whole .. fraction)
  local places = #fraction - (tonumber(exponent) or 0)
  if digits >= 10 ^ MOST_DIGITS or places > 300 then return nil end
  if places < 0 then digits, places = lengthen(digits, -places), 0 end
  if not digits then return nil end
  digits = math.tointeger(digits)
  return { digits = sign == "-" and -digits or digits, places = places }
end

--- The same numbers with one count of places; nil where that takes too many digits.
local function align(list)
  local places, digits = 0, {}
  for _, decimal in ipairs(list) do places = math.max(places, decimal.places) end
  for i, decimal in ipairs(list) do
    digits[i] = lengthen(decimal.digits, places - decimal.places)
    if not digits[i] then return nil end
  end
  return digits, places
end

---The numbers from, from + step, ... up to `to` (which is one of them if it is reached exactly), as decimals.
---@return gibbs.Decimal[]? numbers
---@return string? message  what is wrong
function decimals.range(from, to, step, most)
  local digits, places = align { from, to, step }
  if not digits then return nil, "its numbers have too many digits" end
  local first, last, by = table.unpack(digits)
  if by == 0 then return nil, "its step is 0" end
  local count = (last - first) // by + 1
  if count < 1 then return nil, "its step leads away from its end" end
  if count > most then return nil, ("it has %d values; at most %d are possible"):format(count, most) end
  local numbers = {}
  for i = 0, count - 1 do numbers[i + 1] = { digits = first + i * by, places = places } end
  return numbers
end

---The number of a decimal: the double nearest to it.
function decimals.value(decimal)
  return tonumber(("%de-%d"):format(decimal.digits, decimal.places))
end

---The shortest of the usual texts that gives back the number; integers as such.
---@param value number
function decimals.text(value)
  if math.type(value) == "integer" then return ("%d"):format(value) end
  for digits = MOST_DIGITS, 17 do
    local text = ("%." .. digits .. "g"):format(value)
    if tonumber(text) == value then return text end
  end
  return tostring(value)
end

return decimals
