-- What gibbs run, replay and resume say of runs that are there.
local folder = os.tmpname()
os.remove(folder)
local program = arg[-1]

local function shell(command)
  print("$ " .. command)
  local pipe = io.popen(("cd '%s' && gibbs() { '%s' \"$@\"; }; { %s; } 2>&1"):format(folder, program, command))
  io.write((pipe:read("a"):gsub(folder, "FOLDER"):gsub("process %d+", "process N")))
  local _, _, code = pipe:close()
  if code ~= 0 then print("exit " .. code) end
end

os.execute(("mkdir '%s'"):format(folder))
local file = io.open(folder .. "/study.lua", "w")
file:write [[
local gibbs = require "gibbs"
local scale = gibbs.option("scale", 1.0, "of the numbers")
local run = gibbs.run()
local input = gibbs.read "input.json"
for step = 1, 2 do run:log{ step = step, x = scale * input[step] } end
print("scaled by", scale)
if input[3] then os.exit(input[3]) end
]]
file:close()

local function input(text) os.execute(("echo '%s' >'%s/input.json'"):format(text, folder)) end

input "[1, 2]"
shell "gibbs run study.lua --scale 0.5 --threads 1"
shell "cat runs/study-scale=0.5-seed=1/metrics.csv"
shell "gibbs run study.lua --scale 0.5"
shell "gibbs replay runs/study-scale=0.5-seed=1"
input "[1, 3]"
shell "gibbs replay runs/study-scale=0.5-seed=1"
shell "gibbs resume runs/study-scale=0.5-seed=1"
input "[1, 2, 4]"
shell "gibbs run study.lua --out failed --threads 1"
shell "gibbs replay failed"
shell "gibbs replay failed --out failed"
input "[1, 2]"
shell "gibbs resume failed --threads 1"
shell "gibbs replay failed"
shell "rm input.json; gibbs replay failed"
shell "echo '{}' >failed/manifest.json; gibbs replay failed; gibbs run study.lua --out failed"
os.execute(("rm -r '%s'"):format(folder))
