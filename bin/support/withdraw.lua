-- Load for bin/bench: each request a withdrawal by some user, each with a fresh Idempotency-Key.
-- Arguments: file of "user token" lines, prefix of the keys, how many users to use.
-- All but the key is put together beforehand: the load competes with what it measures. Users come in an order by chance,
-- each once before any comes again: after a minute of warming up, a service has seen them all, as one has that runs for
-- longer.
local requests = {}
local count = 0
local sent = 0
local prefix

function init(args)
  prefix = args[2]
  local limit = tonumber(args[3])
  for line in io.lines(args[1]) do
    local user, token = line:match("^(%S+) (%S+)$")
    local body = '{"userId":"' .. user .. '","amount":1.00,"bankAccount":"622208******1234"}'
    count = count + 1
    requests[count] = "\r\nAuthorization: Bearer " .. token .. "\r\nContent-Length: " .. #body
      .. "\r\n\r\n" .. body
    if count >= limit then break end
  end
  math.randomseed(os.time())
  for i = count, 2, -1 do
    local other = math.random(i)
    requests[i], requests[other] = requests[other], requests[i]
  end
  prefix = "POST /v1/withdrawals HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
    .. "Idempotency-Key: " .. prefix .. "-"
end

function request()
  sent = sent + 1
  return prefix .. sent .. requests[sent % count + 1]
end

function done(summary, latency, requests)
  io.write(string.format(
    "RESULT requests=%d seconds=%.3f p50=%.3f p99=%.3f status=%d errors=%d\n",
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000,
    latency:percentile(99) / 1000, summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
