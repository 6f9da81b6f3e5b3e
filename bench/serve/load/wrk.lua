-- Posts PNGs in turn and prints a `LoadReport` as its last line.
-- usage: wrk -t1 -c CONNECTIONS -d SECONDS -s wrk.lua URL -- FOLDER COUNT

local requests, count, sent = {}, 0, 0

function init(args)
  count = tonumber(args[2])
  for i = 1, count do
    local file = assert(io.open(args[1] .. "/" .. (i - 1) .. ".png", "rb"))
    requests[i] = wrk.format("POST", wrk.path, { ["Content-Type"] = "image/png" }, file:read("*a"))
    file:close()
  end
end

function request()
  sent = sent + 1
  return requests[(sent - 1) % count + 1]
end

-- wrk gives microseconds, and counts as `status` what is above 399.
function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.timeout + errors.status
  io.write(string.format(
    '\n{"requests":%d,"seconds":%.6f,"p50Milliseconds":%.3f,"p99Milliseconds":%.3f,"errors":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, failed
  ))
end
