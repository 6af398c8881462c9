#!/usr/bin/env bash
# TensorFlow Java's native library, unpacked already into a folder that is read-only from then on.
#
# A good guess: the folder is read once it is filled, so an image may hold it read-only.
# What happens: JavaCPP refuses every cache folder that it cannot write, filled or not, and says that the
# property should be set, which it is. The library itself loads from the same folder by java.library.path.
set -euo pipefail

tensorflow=1.1.0
work="$(mktemp -d)"
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
chmod 755 "$work"
cd "$work"

cat >pom.xml <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId><artifactId>finding</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.tensorflow</groupId><artifactId>tensorflow-core-api</artifactId><version>$tensorflow</version></dependency>
    <dependency><groupId>org.tensorflow</groupId><artifactId>tensorflow-core-native</artifactId><version>$tensorflow</version><classifier>linux-x86_64</classifier></dependency>
  </dependencies>
</project>
POM
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies -DoutputDirectory=jars
cat >Version.java <<'JAVA'
public class Version {
  public static void main(String[] args) {
    System.out.println("TensorFlow " + org.tensorflow.TensorFlow.version());
  }
}
JAVA
javac -cp 'jars/*' -d . Version.java
touch no-folder
chmod -R a+rX .

# Nobody's rights, as in a container: root may write whatever the mode says.
as_nobody=()
[[ $EUID == 0 ]] && as_nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups)
run() {
  "${as_nobody[@]}" java -Duser.home="$work/no-folder/home" -Djava.io.tmpdir="$work/no-folder/tmp" "$@" \
    -cp "$work:$work/jars/*" Version 2>&1 | grep -E 'TensorFlow|LinkError' | head -1 || true
}

mkdir cache
[[ $EUID == 0 ]] && chown 65534 cache
cache="-Dorg.bytedeco.javacpp.cachedir=$work/cache"
first="$(run "$cache")"
chmod -R a-w cache
second="$(run "$cache")"
library="$(dirname "$(find cache -name libjnitensorflow.so | head -1)")"
third="$(run -Djava.library.path="$work/$library" -Dorg.bytedeco.javacpp.pathsFirst=true)"

echo "tensorflow-core-api $tensorflow, Java $(java -version 2>&1 | head -1)"
echo "writable cache:            $first"
echo "expected, filled, read-only: $first"
echo "seen,     filled, read-only: $second"
echo "by java.library.path:      $third"
[[ "$first" == "TensorFlow 2."* && "$second" == *"Could not create the cache"* && "$third" == "$first" ]]
