-- What README says there is, is there; and what a user looks for by a list is named in README.
package.path = "../support/?.lua;./?.lua;" .. package.path
local gibbs = require "gibbs"
local support = require "support"
local test = support.test

local file = assert(io.open("../../README.md"))
local readme = file:read "a"
file:close()

local elsewhere = { h = true, study = true, so = true } -- gibbs/gibbs.h, require "gibbs.study", gibbs.so

test("every function that README names exists", function()
  local missing, seen = {}, 0
  for path in readme:gmatch "%f[%w_/]gibbs%.([%a_][%w_%.]*)" do
    local value = gibbs
    if not elsewhere[path:match "^[%w_]+"] then
      for name in path:gmatch "[%w_]+" do
        local fine, field = pcall(function() return value[name] end)
        value = fine and field or nil
        if value == nil then break end
      end
      if value == nil then missing[#missing + 1] = path end
      seen = seen + 1
    end
  end
  assert(seen > 50, "README names " .. seen .. " functions")
  assert(#missing == 0, "no gibbs." .. table.concat(missing, ", gibbs."))
end)

test("README names every objective and every way to estimate", function()
  for _, row in ipairs(gibbs.objectives()) do
    assert(readme:find("gibbs." .. row.name .. "%f[^%w_]"), "gibbs." .. row.name .. " is not in README")
    assert(gibbs[row.name] and #row.doc > 0, row.name)
  end
  for _, name in ipairs{ "exact", "transfer", "chains", "cd", "pcd", "jarzynski", "ais", "ti", "bar", "mbar" } do
    assert(readme:find("gibbs." .. name .. "%f[^%w_]") or name == "exact", "gibbs." .. name .. " is not in README")
  end
end)

support.finish()
