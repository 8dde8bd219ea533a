-- What the truth tests share: where the reference values lie, how they are compared, and the tally at the end.
local gibbs = require "gibbs"

local truth = { compared = 0, failed = 0, worst = 0 }

-- Tensors as nested tables, all the way down.
local function plain(value)
  if type(value) == "userdata" and not rawequal(value, gibbs.null) then return value:table() end
  if type(value) ~= "table" then return value end
  local copy = {}
  for key, item in pairs(value) do copy[key] = plain(item) end
  return copy
end
truth.plain = plain

-- A table of reference values: the whole of it where GIBBS_TRUTH names its folder, else the extract that comes with the
-- tests.
function truth.table(name)
  local folder = os.getenv "GIBBS_TRUTH"
  local path = folder and folder .. "/" .. name .. ".json"
  local file = path and io.open(path)
  if file then
    file:close()
  else
    print(("skipped: the full table %s (GIBBS_TRUTH names no folder that holds it); its extract is tested"):format(name))
    path = "../truth/" .. name .. ".json"
  end
  return plain(gibbs.read(path))
end

function truth.cases(name) return truth.table(name).cases end

function truth.fail(what, text)
  truth.failed = truth.failed + 1
  print(("FAILED %s: %s"):format(what, text))
end

-- A statement that has to hold.
function truth.holds(what, condition, text)
  truth.compared = truth.compared + 1
  if not condition then truth.fail(what, text or "does not hold") end
end

local function compare(what, found, expected, tolerance)
  if type(expected) == "table" then
    if type(found) ~= "table" or #found ~= #expected then
      return truth.fail(what, ("a table of %d expected, %s found"):format(#expected, tostring(found)))
    end
    for i = 1, #expected do compare(what .. "[" .. i .. "]", found[i], expected[i], tolerance) end
    return
  end
  truth.compared = truth.compared + 1
  local error = math.abs(found - expected) / math.max(1, math.abs(expected))
  if not (error <= tolerance) then
    return truth.fail(what, ("%.16g found, %.16g expected, difference %.2g"):format(found, expected, found - expected))
  end
  truth.worst = math.max(truth.worst, error / tolerance)
end

-- Numbers, tensors or nested tables agree: relatively, and absolutely below 1.  Ten digits unless told.
function truth.same(what, found, expected, tolerance)
  compare(what, plain(found), expected, tolerance or 1e-10)
end

-- The largest number in a number, tensor or nested table, without its sign.
function truth.largest(value)
  value = plain(value)
  if type(value) == "number" then return math.abs(value) end
  local most = 0
  for _, item in pairs(value) do most = math.max(most, truth.largest(item)) end
  return most
end

function truth.finish()
  print(("%d comparisons, %d failed, the worst at %.2g of its tolerance"):format(truth.compared, truth.failed, truth.worst))
  if truth.compared == 0 then error("nothing was compared", 0) end
  if truth.failed > 0 then error(truth.failed .. " comparisons failed", 0) end
end

return truth
