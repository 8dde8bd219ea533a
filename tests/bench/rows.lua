-- What the benchmarks share: rows that run in processes of their own, medians, ratios taken in turn, a table.
local rows = {}

-- The program that runs this: what stands first on the command line, before its own flags.
local first = 0
while arg[first - 1] do first = first - 1 end
local program = arg[first]
rows.program = program

-- threads: of both sides; runs: of each row.
function rows.new(threads, runs)
  local bench = {}
  local environment = ("OMP_NUM_THREADS=%d OPENBLAS_NUM_THREADS=%d MKL_NUM_THREADS=%d GIBBS_THREADS=%d "):format(threads, threads, threads, threads)

  -- The numbers that a command prints, or nil if it fails.
  local function numbers_of(command)
    local pipe = io.popen(environment .. command .. " 2>/dev/null")
    local found = {}
    for word in pipe:read("a"):gmatch("%S+") do found[#found + 1] = tonumber(word) end
    return pipe:close() and #found > 0 and found or nil
  end

  local function median(list)
    table.sort(list)
    return list[(#list + 1) // 2]
  end

  -- This script again, for one row.
  function bench.command(name) return ("%s --threads %d %s --threads_used %d --row %s"):format(program, threads, arg[0], threads, name) end

  -- Median seconds and the largest memory of a command, in MiB.
  function bench.measure(command)
    local seconds, memory = {}, 0
    for run = 1, runs do
      local found = numbers_of(command)
      if not found then return nil end
      seconds[run], memory = found[1], math.max(memory, (found[2] or 0) / 1024)
    end
    return median(seconds), memory
  end

  -- Two commands in turn, so that a change of the machine's speed meets both: the medians of both, and of the ratios of
  -- their seconds.
  function bench.compare(command, other)
    local ours, theirs, ratios, memory = {}, {}, {}, 0
    for run = 1, runs do
      local found, peer = numbers_of(command), numbers_of(other)
      if not found or not peer then return nil end
      ours[run], theirs[run], ratios[run] = found[1], peer[1], found[1] / peer[1]
      memory = math.max(memory, (found[2] or 0) / 1024)
    end
    return median(ours), median(theirs), median(ratios), memory
  end

  -- Commands that print a median and a minimum each, all of them in turn: the median of the medians and the least of all,
  -- by name; nil for one that fails.
  function bench.in_turn(commands)
    local medians, least, names = {}, {}, {}
    for name in pairs(commands) do
      names[#names + 1] = name
      medians[name], least[name] = {}, math.huge
    end
    table.sort(names)
    for _ = 1, runs do
      for _, name in ipairs(names) do
        local found = medians[name] and numbers_of(commands[name])
        if found then
          table.insert(medians[name], found[1])
          least[name] = math.min(least[name], found[2])
        else
          medians[name] = nil
        end
      end
    end
    local result = {}
    for _, name in ipairs(names) do
      if medians[name] then result[name] = { median = median(medians[name]), least = least[name] } end
    end
    return result
  end

  function bench.title(unit)
    print(("%-62s %12s %8s   %s"):format(("%d thread(s), median of %d"):format(threads, runs), unit, "MiB", "beside the peer"))
  end

  function bench.show(name, value, memory, note)
    print(("%-62s %12.6g %8s   %s"):format(name, value or 0 / 0, memory and ("%.0f"):format(memory) or "", note or ""))
  end

  return bench
end

-- In the row's own process: print seconds a unit of work, and the peak memory in KiB.
function rows.report(seconds)
  io.write(("%.9g\n"):format(seconds))
  for line in io.lines("/proc/self/status") do
    if line:match("^VmHWM") then io.write(line:match("%d+"), "\n") end
  end
end

return rows
