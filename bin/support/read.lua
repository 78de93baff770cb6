-- Load for bin/bench read: looks orders up by id, and lists a user's newest.
-- Arguments: file of "user token order" lines, and two that other scripts need.
local by_id = {}
local lists = {}
local count = 0
local TO_ONE_LIST = 4

function init(args)
  for line in io.lines(args[1]) do
    local user, token, order = line:match("^(%S+) (%S+) (%S+)$")
    local tail = " HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer " .. token .. "\r\n\r\n"
    count = count + 1
    by_id[count] = "GET /v1/withdrawals/" .. order .. tail
    lists[count] = "GET /v1/withdrawals?limit=20&userId=" .. user .. tail
  end
  math.randomseed(os.time())
end

function request()
  if math.random(TO_ONE_LIST) == 1 then
    return lists[math.random(count)]
  end
  return by_id[math.random(count)]
end

function done(summary, latency, requests)
  io.write(string.format(
    "RESULT requests=%d seconds=%.3f p50=%.3f p99=%.3f status=%d errors=%d\n",
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000,
    latency:percentile(99) / 1000, summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
