--- What the Lua tests share: named tests, expected errors, comparisons; exit 1 when anything failed.

local support = {}

local failed, passed = 0, 0

--- The part of their usual work that statistical tests have to do: less under the sanitizers, which look at memory and take
--- twenty times as long.
support.effort = tonumber(os.getenv "GIBBS_TEST_EFFORT") or 1

---Run a test; `name` is a sentence of behaviour.
function support.test(name, fn)
  local ok, message = xpcall(fn, debug.traceback)
  if ok then
    passed = passed + 1
  else
    failed = failed + 1
    io.stderr:write("FAILED: ", name, "\n  ", tostring(message), "\n")
  end
end

---The function must raise a message that contains `text` and starts with the place of a script.
function support.expect_error(fn, text)
  local ok, message = pcall(fn)
  if ok then error("no error; expected: " .. text, 2) end
  message = tostring(message)
  if not message:find(text, 1, true) then
    error(("another error:\n    expected: %s\n    got:      %s"):format(text, message), 2)
  end
  if not message:match("^[%w_./()%- ]+:%d+: ") then error("the error has no place: " .. message, 2) end
end

---|a - b| <= tolerance * max(1, |b|)
function support.near(a, b, tolerance)
  tolerance = tolerance or 1e-12
  if not (math.abs(a - b) <= tolerance * math.max(1, math.abs(b))) then
    error(("%.17g is not near %.17g (tolerance %g)"):format(a, b, tolerance), 2)
  end
end

---Equal numbers, strings, or nested tables of them.
function support.same(a, b, where)
  where = where or "value"
  if type(a) == "table" and type(b) == "table" then
    for key, value in pairs(a) do support.same(value, b[key], ("%s[%s]"):format(where, tostring(key))) end
    for key in pairs(b) do
      if a[key] == nil then error(("%s[%s] is missing"):format(where, tostring(key)), 2) end
    end
  elseif a ~= b then
    error(("%s: %s is not %s"):format(where, tostring(a), tostring(b)), 2)
  end
end

---A script must print the same with one thread and with two, and something.
function support.same_for_threads(source)
  local script, found = os.tmpname(), {}
  local file = assert(io.open(script, "w"))
  file:write(source)
  file:close()
  for threads = 1, 2 do
    local pipe = assert(io.popen(("'%s' --threads %d '%s'"):format(arg[-1], threads, script)))
    found[threads] = pipe:read "a"
    assert(pipe:close(), found[threads])
  end
  os.remove(script)
  if found[1] ~= found[2] or #found[1] < 50 then error("one thread and two print\n" .. found[1] .. found[2], 2) end
end

---The last line of every test file.
function support.finish()
  print(("%d passed, %d failed"):format(passed, failed))
  os.exit(failed == 0 and passed > 0 and 0 or 1, true)
end

return support
