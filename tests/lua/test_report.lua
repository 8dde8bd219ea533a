--- gibbs report: pages of runs and of sweeps, as text, and in a browser if there is one (Debian's chromium).
local support = require "support"
local test = support.test

local base = os.tmpname()
os.remove(base)

local interpreter = arg[-1]
if not interpreter:find("/", 1, true) then interpreter = io.popen("command -v " .. interpreter):read("l") end
interpreter = io.popen(("realpath '%s'"):format(interpreter)):read("l")

--- Run a command; all it says, and whether it went well.
local function shell(line)
  local pipe = assert(io.popen(line .. " 2>&1"))
  local output = pipe:read("a")
  return output, pipe:close() == true
end

local function program(words) return shell(("'%s' %s"):format(interpreter, words)) end

local function read(path)
  local file = assert(io.open(path, "rb"), path .. " is missing")
  local text = file:read("a")
  file:close()
  return text
end

local function write(path, text)
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
end

assert(shell(("mkdir -p '%s'"):format(base)))

local evil = [[</script><script>document.title='broken'</script><img src="http://evil.invalid/x.png" onerror="alert(1)">]]

--- A run with everything that could break a page.
write(base .. "/study.lua", ([==[
-- %s
local gibbs = require "gibbs"
local size = gibbs.option("size", 6, "a size")
local fail = gibbs.option("fail", false, "end with an error")
local run = gibbs.run()
for step = 0, 50 do
  run:log{ step = step, now_and_then = step %% 10 == 0 and step or nil, kl = { value = math.exp(-step / 10) * size, error = 0.01 }, ["<img src=http://evil.invalid/m onerror=alert(1)>"] = step }
end
for _, ending in ipairs { "svg", "png", "pdf" } do
  run:figure("kl." .. ending, "lines", { title = "</title><script>alert(1)</script>", series = { { y = { 3, 2, 1 } } } })
end
run:save("W", gibbs.tensor{ { 1, 2 }, { 3, 4.5 } })
local list = {}
for i = 1, 100 do list[i] = i end
run:save("large", gibbs.tensor(list))
run:save("rows", { { L = 4, m = 0.25 }, { L = 8, m = 0.125 } })
run:save("note", [=[%s]=])
run:save("machine", gibbs.rbm{ visible = gibbs.bits(3), hidden = gibbs.bits(2), W = 0.5 })
run:save("F", { value = -21.0643, error = 0.0012, method = "ais" })
print([=[%s]=])
if fail then error("it <b>went</b> wrong") end
]==]):format(evil, evil, evil))

local function record(words) return shell(("cd '%s' && '%s' run study.lua %s"):format(base, interpreter, words)) end

local made, well = record "--out one --seed 7"
assert(well, made)

local one = base .. "/one/report.html"
local output, reported = program(("report '%s/one'"):format(base))

test("a report is one file in the run's folder, whose path is printed", function()
  assert(reported and output == one .. "\n", output)
  assert(read(one):match "^<!DOCTYPE html>")
end)

test("it tells all about the run", function()
  local page = read(one)
  for _, text in ipairs { ">finished<", "<dt>seed</dt><dd>7</dd>", "study.lua", "<dt>GSL</dt>", 'id="line-3"', "large: array 100, 1 to 100",
    '<td class="number">4.5</td>', '<th scope="col" class="number">L</th>', "−21.0643(12), ais", "<dt>machine</dt><dd>rbm</dd>", "machine.W", "a number in 6 of 51 rows", "SHA-256", "figures/kl.svg", "data:image/svg+xml;base64,",
    "data:image/png;base64,", "data:application/pdf;base64,", 'id="chart-1"' } do
    assert(page:find(text, 1, true), text .. " is missing")
  end
end)

test("nothing of the run is markup", function()
  local page = read(one)
  local _, scripts = page:gsub("<script", "")
  assert(scripts == 2, scripts .. " scripts")
  assert(not page:find("<img src=http", 1, true) and not page:find('<img src="http', 1, true))
  assert(page:find("&lt;/script&gt;&lt;script&gt;", 1, true))
end)

test("a report is the same every time, and a report may be made again", function()
  local before = read(one)
  assert(select(2, program(("report '%s/one'"):format(base))))
  assert(read(one) == before)
end)

test("a file that is no report is kept", function()
  write(base .. "/mine.html", "<p>my page</p>")
  local said, ok = program(("report '%s/one' --out '%s/mine.html'"):format(base, base))
  assert(not ok and said:find("exists and is no report", 1, true), said)
  assert(read(base .. "/mine.html") == "<p>my page</p>")
end)

test("an unwritable place is told, and nothing is left there", function()
  local said, ok = program(("report '%s/one' --out '%s/nowhere/r.html'"):format(base, base))
  assert(not ok and said:find("cannot be written: No such file or directory", 1, true), said)
end)

test("a run that failed shows its error; damaged files are told", function()
  record "--out failed --fail"
  write(base .. "/failed/metrics.csv", "step,kl\n1,2,3,4\n")
  write(base .. "/failed/results.h5", "no HDF5")
  local said, ok = program(("report '%s/failed'"):format(base))
  assert(ok, said)
  local page = read(base .. "/failed/report.html")
  for _, text in ipairs { 'class="status failed"', "it &lt;b&gt;went&lt;/b&gt; wrong", "metrics.csv&#39;", "results.h5&#39;" } do
    assert(page:find(text, 1, true), text .. " is missing")
  end
end)

assert(select(2, shell(("cd '%s' && '%s' sweep study.lua --size 4,8 --seeds 2 --out sweep"):format(base, interpreter))))

test("the runs of a sweep are compared, and lead to pages of their own", function()
  local said, ok = program(("report '%s/sweep' --each"):format(base))
  assert(ok and select(2, said:gsub("report.html\n", "")) == 5, said)
  local page = read(base .. "/sweep/report.html")
  for _, text in ipairs { 'href="size%3D4/seed-1/report.html"', "4 runs in", '"name":"size 8, seed 2"' } do
    assert(page:find(text, 1, true), text .. " is missing")
  end
end)

test("a folder with a run that cannot be read is reported all the same", function()
  write(base .. "/sweep/size=4/seed-1/manifest.json", "{")
  assert(select(2, program(("report '%s/sweep'"):format(base))))
  assert(read(base .. "/sweep/report.html"):find('class="status unreadable"', 1, true))
end)

-- ---- in a browser ------------------------------------------------------------------------------------------

local chromium = io.popen("command -v chromium || command -v chromium-browser"):read("l")

--- What a page becomes, what the browser's console says, and the addresses that it asked for.
local function browse(path)
  local log, net = base .. "/console.txt", base .. "/net.json"
  local pipe = assert(io.popen(("timeout 60 '%s' --no-sandbox --headless --disable-gpu --disable-background-networking --user-data-dir='%s/chrome' "
    .. "--enable-logging=stderr --virtual-time-budget=3000 --log-net-log='%s' --dump-dom 'file://%s' 2>'%s'"):format(chromium, base, net, path, log)))
  local dom = pipe:read("a")
  pipe:close()
  local console = {}
  for line in read(log):gmatch "[^\n]*CONSOLE[^\n]*" do console[#console + 1] = line end
  return dom, table.concat(console, "\n"), read(net)
end

if not chromium then
  print "skipped: pages in a browser, because chromium is not installed"
else
  test("a browser tells of what is wrong with a page, so that its silence says something", function()
    write(base .. "/bad.html", '<script>console.error("heard")</script><img src="http://evil.invalid/asked.png">')
    local _, console, net = browse(base .. "/bad.html")
    assert(console:find("heard", 1, true), console)
    assert(net:find("evil.invalid", 1, true), "the request was not seen")
  end)

  test("a log axis on demand, and values under the keys and the pointer", function()
    local hand = [[<script>
      const boxes = document.querySelectorAll(".chart");
      boxes[1].querySelector("button").click();
      for (let i = 0; i < 3; i++) boxes[1].querySelector("svg[role]").dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight" }));
      const plot = boxes[0].querySelector("svg[role]"), frame = plot.getBoundingClientRect();
      plot.dispatchEvent(new PointerEvent("pointermove", { clientX: frame.right - frame.width * 24 / 440, clientY: frame.top + 50 }));
    </script></body>]]
    local page = read(one):gsub("<meta http%-equiv[^\n]*\n", ""):gsub("</body>", function() return hand end)
    write(base .. "/hand.html", page)
    local dom, console = browse(base .. "/hand.html")
    assert(console == "", console)
    local _, pressed = dom:gsub('<button type="button" aria%-pressed="true">', "")
    assert(pressed == 1, pressed .. " pressed")
    assert(dom:find("<output>step 2: 4.91238 ± 0.01</output>", 1, true), "nothing under the keys")
    assert(dom:find("<output>step 50: 50</output>", 1, true), "nothing under the pointer")
  end)

  for _, page in ipairs { { "one", 3, 3 }, { "sweep", 3, 9 } } do
    test(("the page of %s draws its charts, asks for nothing and complains of nothing"):format(page[1]), function()
      local dom, console, net = browse(("%s/%s/report.html"):format(base, page[1]))
      local _, charts = dom:gsub('<svg viewBox="0 0 440 260" role="img"', "")
      local _, curves = dom:gsub('<path class="series c%d" d="M[%d.]+ [%d.]+L', "")
      assert(charts == page[2], charts .. " charts")
      assert(curves == page[3], curves .. " curves")
      assert(console == "", console)
      assert(not net:find("evil.invalid", 1, true), "a request went out")
      assert(not dom:find("<title>broken", 1, true), "a script of the run was run")
    end)
  end
end

shell(("rm -rf '%s'"):format(base))
support.finish()
