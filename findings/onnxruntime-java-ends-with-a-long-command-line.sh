#!/usr/bin/env bash
# ONNX Runtime for Java in a program whose class path names many jars. A good guess: how long the command line is
# makes no difference to a library, and a program that runs with 1.28.0 runs with 1.29.0. Seen: 1.29.0 ends the
# process with a segmentation fault in OrtEnvironment.getEnvironment(), without a message or an hs_err file, where
# the command line is longer than about 4,000 bytes, be it the class path, a property or an argument. With the same
# arguments in a file (java @file), which the command line does not show, it starts; 1.28.0 always does.
# Exits 0 while that is so, 1 if the behaviour changes.
set -euo pipefail

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >Start.java <<'JAVA'
import ai.onnxruntime.OrtEnvironment;

public class Start {
  public static void main(String[] args) {
    System.out.println("started " + OrtEnvironment.getEnvironment().getVersion());
  }
}
JAVA
for version in 1.28.0 1.29.0; do
  mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.8.1:get \
    -Dartifact="com.microsoft.onnxruntime:onnxruntime:$version" -Dtransitive=false
  mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy \
    -Dartifact="com.microsoft.onnxruntime:onnxruntime:$version" -DoutputDirectory=.
done
javac -cp onnxruntime-1.28.0.jar -d . Start.java

long="$(head -c 8000 /dev/zero | tr '\0' a)"
run() { # what a JVM with these arguments prints, and its exit code
  local code=0 out
  out="$( (java "$@" Start) 2>/dev/null)" || code=$?
  echo "${out:-nothing} (exit $code)"
}
echo "-Dlong=$long -cp .:onnxruntime-1.29.0.jar" >arguments
old="$(run "-Dlong=$long" -cp .:onnxruntime-1.28.0.jar)"
short="$(run -cp .:onnxruntime-1.29.0.jar)"
new="$(run "-Dlong=$long" -cp .:onnxruntime-1.29.0.jar)"
file="$(run @arguments)"
echo "Java $(java -version 2>&1 | head -1)"
echo "1.28.0, command line of 8,000 bytes:           $old"
echo "1.29.0, short command line:                    $short"
echo "expected, 1.29.0, command line of 8,000 bytes: $short"
echo "seen,     1.29.0, command line of 8,000 bytes: $new"
echo "1.29.0, the same arguments in a file:          $file"
[[ "$old" == "started 1.28.0 (exit 0)" && "$short" == "started 1.29.0 (exit 0)" &&
  "$new" == "nothing (exit 139)" && "$file" == "$short" ]]
