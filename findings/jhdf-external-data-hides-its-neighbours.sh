#!/usr/bin/env bash
# An HDF5 file of weights with one dataset whose raw data lies in a file beside it, as h5py's external= writes it.
# A good guess: where jHDF does not read such data, that dataset fails and the others of its group are read. Seen:
# the whole group has no children, plain datasets in it included, while h5py reads all. Exits 0 while that is so,
# 1 if the behaviour changes.
set -euo pipefail

jhdf=0.9.4
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip -q install h5py==3.14.0 numpy==2.2.6
venv/bin/python - <<'PY'
import h5py
import numpy as np

np.arange(6, dtype="f4").tofile("raw.bin")
with h5py.File("weights.h5", "w") as file:
    file["layer/bias"] = np.zeros(3, "f4")
    file.create_dataset("layer/kernel", shape=(6,), dtype="f4", external=[("raw.bin", 0, 24)])
with h5py.File("weights.h5") as file:
    print("h5py", h5py.__version__, "reads", sorted(name for name in file["layer"] if file["layer"][name][:].size))
PY

cat >pom.xml <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId><artifactId>finding</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>io.jhdf</groupId><artifactId>jhdf</artifactId><version>$jhdf</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-nop</artifactId><version>2.0.17</version></dependency>
  </dependencies>
</project>
POM
mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies -DoutputDirectory=jars
cat >Read.java <<'JAVA'
import io.jhdf.HdfFile;
import io.jhdf.api.Group;
import java.nio.file.Path;

public class Read {
  public static void main(String[] args) {
    try (HdfFile file = new HdfFile(Path.of("weights.h5"))) {
      System.out.println("reads " + ((Group) file.getChild("layer")).getChildren().keySet());
    } catch (RuntimeException e) {
      System.out.println("fails: " + e.getMessage());
    }
  }
}
JAVA
javac -cp 'jars/*' -d . Read.java
seen="$(java -cp '.:jars/*' Read 2>/dev/null | head -1)"
echo "jhdf $jhdf"
echo "expected: reads at least [bias]"
echo "seen:     $seen"
[[ "$seen" == fails:* ]]
