-- Load for bin/bench: each request a user of its own turn, each with a fresh Idempotency-Key.
-- Arguments: file of "user token" lines, prefix of the keys, how many users to use.
local users = {}
local prefix, limit
local thread_count = 0

function setup(thread)
  thread_count = thread_count + 1
  thread:set("thread_no", thread_count)
end

function init(args)
  prefix = args[2]
  limit = tonumber(args[3])
  for line in io.lines(args[1]) do
    local user, token = line:match("^(%S+) (%S+)$")
    users[#users + 1] = { user, "Bearer " .. token }
    if #users >= limit then break end
  end
  math.randomseed(os.time() + thread_no)
  counter = 0
end

function request()
  counter = counter + 1
  local user = users[math.random(#users)]
  local headers = {
    ["Content-Type"] = "application/json",
    ["Authorization"] = user[2],
    ["Idempotency-Key"] = prefix .. "-" .. thread_no .. "-" .. counter,
  }
  local body = '{"userId":"' .. user[1] .. '","amount":1.00,"bankAccount":"622208******1234"}'
  return wrk.format("POST", nil, headers, body)
end

function done(summary, latency, requests)
  io.write(string.format(
    "RESULT requests=%d seconds=%.3f p50=%.3f p99=%.3f status=%d errors=%d\n",
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000,
    latency:percentile(99) / 1000, summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
