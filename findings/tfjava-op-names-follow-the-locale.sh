#!/usr/bin/env bash
# TensorFlow Java numbers the ops of a graph that have no name of their own. A good guess: the names do not depend
# on the machine's language. Seen: they are formatted in the default locale, so that under one with digits of its
# own (Arabic in Egypt, Thai with Thai digits) the second constant is called "Const_" and such a digit, which
# TensorFlow's own rule for names ([A-Za-z0-9.][A-Za-z0-9_.\\/>-]*) does not have: the graph cannot be imported
# again. Exits 0 while that is so, 1 if the behaviour changes.
set -euo pipefail

tensorflow=1.1.0
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
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
cat >Names.java <<'JAVA'
import java.util.Locale;
import org.tensorflow.Graph;
import org.tensorflow.op.Ops;

public class Names {
  public static void main(String[] args) {
    Locale.setDefault(Locale.forLanguageTag(args[0]));
    try (Graph graph = new Graph(); Graph copy = new Graph()) {
      Ops tf = Ops.create(graph);
      tf.constant(1);
      String name = tf.constant(2).op().name();
      String imported;
      try {
        copy.importGraphDef(graph.toGraphDef());
        imported = "imported";
      } catch (RuntimeException e) {
        imported = "refused";
      }
      System.out.println("Const_1".equals(name) ? "ASCII " + imported : "other " + imported);
    }
  }
}
JAVA
javac -cp 'jars/*' -d . Names.java

export TF_CPP_MIN_LOG_LEVEL=3
english="$(java -cp ".:jars/*" Names en-US 2>/dev/null)"
arabic="$(java -cp ".:jars/*" Names ar-EG 2>/dev/null)"
echo "tensorflow-core-api $tensorflow, Java $(java -version 2>&1 | head -1)"
echo "name of the second constant, and its graph in another one"
echo "en-US:           $english"
echo "expected, ar-EG: $english"
echo "seen,     ar-EG: $arabic"
[[ "$english" == "ASCII imported" && "$arabic" == "other refused" ]]
