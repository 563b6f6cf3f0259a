-- Replays a corpus: each thread sends all of its requests in one random order, then all of them in another, and so on.
-- The corpus comes as finished requests, each behind its length in bytes: `<length>:<bytes>`.

local threads = 0

-- wrk's own state, once for each thread
function setup(thread)
   threads = threads + 1
   thread:set("number", threads)
end

local function read_corpus(path)
   local file = assert(io.open(path, "rb"))
   local text = file:read("*a")
   file:close()
   local requests, at = {}, 1
   while at <= #text do
      local colon = assert(text:find(":", at, true), "a length without its end")
      local length = assert(tonumber(text:sub(at, colon - 1)), "a length that is no number")
      requests[#requests + 1] = text:sub(colon + 1, colon + length)
      at = colon + length + 1
   end
   assert(#requests > 0, "the corpus is empty")
   return requests
end

-- Fisher and Yates
local function shuffle(list)
   for last = #list, 2, -1 do
      local other = math.random(last)
      list[last], list[other] = list[other], list[last]
   end
end

-- the state of a thread
function init()
   local requests = read_corpus(os.getenv("CORPUS"))
   if #requests == 1 then
      -- Without a function `request` wrk calls no Lua while it measures.
      wrk.format = function() return requests[1] end
      return
   end
   math.randomseed(tonumber(os.getenv("SEED")) * 1000 + number)
   local at = #requests
   -- wrk asks the first thread once to see how many requests a call yields, and sends nothing of it.
   local is_asked = number ~= 1
   request = function()
      if not is_asked then
         is_asked = true
         return requests[1]
      end
      if at == #requests then
         shuffle(requests)
         at = 0
      end
      at = at + 1
      return requests[at]
   end
end

-- wrk's own state again. Times are in microseconds.
function done(summary, latency)
   local errors = summary.errors
   local function time(value)
      return summary.requests > 0 and string.format("%.0f", value) or "null"
   end
   local file = assert(io.open(os.getenv("REPORT"), "w"))
   file:write(string.format(
      '{"version":"%s","durationUs":%.0f,"requests":%.0f,"bytes":%.0f,' ..
      '"errors":{"connect":%d,"read":%d,"write":%d,"status":%d,"timeout":%d},' ..
      '"latencyUs":{"p50":%s,"p90":%s,"p99":%s,"max":%s,"mean":%s}}\n',
      os.getenv("WRK_VERSION"), summary.duration, summary.requests, summary.bytes,
      errors.connect, errors.read, errors.write, errors.status, errors.timeout,
      time(latency:percentile(50)), time(latency:percentile(90)), time(latency:percentile(99)),
      time(latency.max), time(latency.mean)))
   file:close()
end
