#!/usr/bin/env bash
# Trains on a chief, parameter servers and workers that have a network namespace each, and prints
# samples/s and the bytes of a step at the workers' interfaces and by the formula of StepBytes.
# Needs Linux, ip, JDK 17 and Maven; root, or user namespaces; Python 3 where packets are to be delayed
# or lost and the kernel has no netem. Nothing of it outlives it or is seen outside: all namespaces are inside one that the script creates.
#
# bench/cluster-netns.sh                                      async, 2 ps, 2 workers, a perfect network
# bench/cluster-netns.sh --sync --ps 3 --workers 2
# bench/cluster-netns.sh --delay 20 --loss 1                  20 ms each way, 1 % of all packets lost
# bench/cluster-netns.sh --model apg --data DIR -- --epochs 2 --batch-size 1024
#
# --model MODEL     mmoe by default
# --data DIR        a prepared data set; the built-in data of 100,000 rows by default
# --ps N            parameter servers, 2 by default
# --workers N       2 by default
# --sync            gradients of all workers make one update; --async by default
# --delay MS        of every packet, each way; 0 by default
# --loss PERCENT    of packets, each way; 0 by default
# --keep DIR        where the run and the processes' logs stay; by default nothing stays
# -- ...            further arguments of scenerank train
#
# SCENERANK         the command line to run, bin/scenerank by default
# SCENERANK_PYTHON  python3 by default
set -euo pipefail

home="$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)"
scenerank="${SCENERANK:-$home/bin/scenerank}"
python="${SCENERANK_PYTHON:-python3}"

fail() {
  echo "cluster-netns: $1" >&2
  exit 2
}

model=mmoe data="" ps=2 workers=2 mode=--async delay=0 loss=0 keep="" more=()
given=("$@")
while (($#)); do
  case "$1" in
    --sync | --async) mode="$1"; shift ;;
    --) shift; more=("$@"); break ;;
    --model | --data | --ps | --workers | --delay | --loss | --keep)
      (($# > 1)) || fail "$1 has no value"
      printf -v "${1#--}" %s "$2"; shift 2 ;;
    *) fail "$1 is unknown; further arguments of train come after --" ;;
  esac
done
[[ "$ps" =~ ^[1-9][0-9]?$ && "$workers" =~ ^[1-9][0-9]?$ ]] || fail "--ps and --workers are 1 to 99"
number='^[0-9]+([.][0-9]+)?$'
[[ "$delay" =~ $number && "$loss" =~ $number ]] || fail "--delay and --loss are numbers"
# The steps are what is measured: none is to wait for another.
[[ "$mode" == --sync ]] || more=(--warm-start 0 "${more[@]}")
command -v ip >/dev/null || fail "ip is not there, expected of the package iproute2"

if [[ -z "${SCENERANK_NETNS:-}" ]]; then
  "$scenerank" --version >/dev/null # builds the jar, which may need the network
  map=()
  [[ "$(id -u)" == 0 ]] || map=(--user --map-root-user)
  SCENERANK_NETNS=1 exec unshare "${map[@]}" --net --mount --pid --fork --kill-child \
    --mount-proc "$0" "${given[@]}"
fi

# From here on everything is in namespaces of its own, and ends with this script.
trap "exit 130" INT TERM # the first process of a namespace ignores them otherwise
mount --make-rprivate /
mount -t tmpfs tmpfs /run # where ip keeps the names of namespaces
ip link set lo up
if [[ -n "$keep" ]]; then
  mkdir -p "$keep"
  work="$(cd "$keep" && pwd)"
else
  work="$(mktemp -d)"
  trap 'rm -rf "$work"' EXIT
fi
[[ ! -e "$work/run" ]] || fail "$work/run exists already"

tasks=(chief:0)
for ((i = 0; i < ps; i++)); do tasks+=("ps:$i"); done
for ((i = 0; i < workers; i++)); do tasks+=("worker:$i"); done

space() { echo "${1/:/}"; } # ps:0 is in the namespace ps0
address() { # of a task: its place among all tasks
  local i
  for i in "${!tasks[@]}"; do
    [[ "${tasks[i]}" != "$1" ]] || echo "10.77.0.$((i + 1))"
  done
}

# netem needs a kernel that has it. Where there is none, a small program is the network.
impaired=false
awk -v d="$delay" -v l="$loss" 'BEGIN { exit !(d > 0 || l > 0) }' && impaired=true
netem=false
if $impaired && tc qdisc add dev lo root netem delay 1ms 2>/dev/null; then
  netem=true
  tc qdisc del dev lo root
fi

for task in "${tasks[@]}"; do ip netns add "$(space "$task")"; done
if $impaired && ! $netem; then
  for task in "${tasks[@]}"; do ip -n "$(space "$task")" tuntap add dev eth0 mode tap; done
  spaces=()
  for task in "${tasks[@]}"; do spaces+=("$(space "$task")"); done
  "$python" "$home/bench/lossy_network.py" "$delay" "$loss" "${spaces[@]}" &
else
  ip link add bridge type bridge
  ip link set bridge up
  for task in "${tasks[@]}"; do
    name="$(space "$task")"
    ip link add "$name" type veth peer name eth0 netns "$name"
    # Packets of the size that a network has, so that the interfaces count all their headers.
    ip -n "$name" link set eth0 gso_max_segs 1
    ip link set "$name" master bridge up
  done
fi
for task in "${tasks[@]}"; do
  name="$(space "$task")"
  ip -n "$name" addr add "$(address "$task")/24" dev eth0
  ip -n "$name" link set lo up
  ip -n "$name" link set eth0 up
  if $netem; then
    ip netns exec "$name" tc qdisc add dev eth0 root netem \
      delay "${delay}ms" loss "$loss%" limit 100000
  fi
done

addresses() { # of a role, as a YAML list
  local task list=""
  for task in "${tasks[@]}"; do
    [[ "$task" != "$1":* ]] || list+="${list:+, }\"$(address "$task"):2222\""
  done
  echo "[$list]"
}
cat >"$work/cluster.yaml" <<END
chief: "$(address chief:0):2222"
ps: $(addresses ps)
workers: $(addresses worker)
END

if [[ -z "$data" ]]; then
  data="$work/data"
  "$scenerank" prepare synthetic --out "$data" >"$work/prepare.log" 2>&1 ||
    { cat "$work/prepare.log" >&2; fail "the built-in data could not be written"; }
fi

pids=()
for task in "${tasks[@]:1}" chief:0; do
  ip netns exec "$(space "$task")" "$scenerank" train --model "$model" --data "$data" \
    --out "$work/run" --cluster "$work/cluster.yaml" --task "$task" --bind all "$mode" "${more[@]}" \
    >"$work/$(space "$task").log" 2>&1 &
  pids+=($!)
done
chief="${pids[-1]}"

bytes() { # in and out of all tasks of a role
  local task sum=0 count
  for task in "${tasks[@]}"; do
    if [[ "$task" == "$1":* ]]; then
      for count in $(ip netns exec "$(space "$task")" \
        cat /sys/class/net/eth0/statistics/rx_bytes /sys/class/net/eth0/statistics/tx_bytes); do
        sum=$((sum + count))
      done
    fi
  done
  echo "$sum"
}
last() { # value of a key in the last line of a type in the history
  grep "\"type\":\"$1\"" "$work/run/history.jsonl" 2>/dev/null | tail -n 1 |
    sed -nE "s/^[^[]*\"$2\":([0-9.eE+-]+).*/\1/p"
}

# What the interfaces counted, whenever the history has another step.
before=0
while kill -0 "$chief" 2>/dev/null; do
  step="$(last step step || true)"
  if [[ -n "$step" && "$step" != "$before" ]]; then
    echo "$step $(date +%s.%N) $(bytes worker) $(bytes chief)" >>"$work/samples"
    before="$step"
  fi
  sleep 0.1
done
code=0
wait "$chief" || code=$?
if ((code)); then
  tail -n 20 "$work"/*.log >&2
  fail "the chief ended with $code"
fi
[[ "$(wc -l <"$work/samples" 2>/dev/null)" -gt 2 ]] ||
  fail "found too few steps, expected at least three points in history.jsonl"

batch="$(sed -nE 's/^ *batch_size: *([0-9]+).*/\1/p' "$work/run/config.yaml" | head -n 1)"
planned="$(grep '"type":"cluster"' "$work/run/history.jsonl" |
  sed -nE 's/.*"bytes_per_step":([0-9.eE+-]+).*/\1/p' |
  awk '{ sum += $1 } END { if (NR) printf "%.0f", sum / NR }')"
# Of a synchronous step each worker has a share.
shares=1
[[ "$mode" != --sync ]] || shares="$workers"
echo "$model, ${mode#--}, $ps ps, $workers workers, batch $batch, delay $delay ms, loss $loss %"
# Steps continue while a point is written and the bytes are read, except after the last one, which would
# count bytes of steps that the first one has counted too few of.
head -n -1 "$work/samples" | awk -v batch="$batch" -v planned="${planned:-0}" -v shares="$shares" '
  NR == 1 { step = $1; time = $2; worker = $3; chief = $4 }
  END {
    steps = $1 - step
    measured = ($3 - worker) / steps / shares
    printf "steps measured          %12d\n", steps
    printf "samples/s               %12.0f\n", steps * batch / ($2 - time)
    printf "bytes a step, measured  %12.0f  of a worker, all headers in it\n", measured
    if (planned > 0) {
      printf "bytes a step, planned   %12.0f  values and row numbers\n", planned
      printf "measured / planned      %12.3f\n", measured / planned
    }
    printf "bytes a step, the chief %12.0f  its own, checkpoints and validation in it\n", \
      ($4 - chief) / steps
  }'
