package io.scenerank;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.graph.GraphBuilder;
import com.google.common.graph.Graphs;
import com.google.common.graph.MutableGraph;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Inside a package too, files refer to each other in one direction. */
class FileCirclesTest {
  @ParameterizedTest
  @ValueSource(strings = {"cli", "export", "layer", "model", "serve", "serve.graph"})
  void noFilesReferToEachOtherInACircle(String name) {
    String packageName = "io.scenerank." + name;
    JavaClasses classes =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(packageName);
    MutableGraph<String> files = GraphBuilder.directed().build();
    for (JavaClass type : classes) {
      for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
        JavaClass target = dependency.getTargetClass().getBaseComponentType();
        if (type.getPackageName().equals(packageName)
            && target.getPackageName().equals(packageName)
            && !file(type).equals(file(target))) {
          files.putEdge(file(type), file(target));
        }
      }
    }
    assertThat(files.nodes()).as("files of " + name).isNotEmpty();
    assertThat(files.nodes())
        .filteredOn(
            file ->
                files.successors(file).stream()
                    .anyMatch(next -> Graphs.reachableNodes(files, next).contains(file)))
        .as("files of circles in " + name)
        .isEmpty();
  }

  /** The name of a type's file: that of the type it is nested in. */
  private static String file(JavaClass type) {
    String name = type.getName().substring(type.getPackageName().length() + 1);
    int nested = name.indexOf('$');
    return nested < 0 ? name : name.substring(0, nested);
  }
}
