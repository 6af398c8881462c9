package io.scenerank.data.prepare;

import io.scenerank.data.prepare.FuzzColumn.Kind;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Compares a feature's values with a column's truth.
 *
 * @param missing the text that means a missing value in the file
 */
record FuzzComparison(FuzzColumn column, ColumnDescription feature, String missing) {
  /** Marks that may be values of their own: as such they say the same. */
  private static final Set<String> PERHAPS_VALUES = Set.of("-", "?", "None", "none");

  /** Where they differ; empty where they do not. */
  Optional<String> differs(FuzzPrepared prepared, List<Integer> rows) {
    return feature.bins() > 0 ? bins(prepared, rows) : values(prepared, rows);
  }

  private Optional<String> values(FuzzPrepared prepared, List<Integer> rows) {
    boolean dense = feature.type() == ColumnDescription.Type.DENSE;
    for (int i = 0; i < rows.size(); i++) {
      Object truth = column.truth().get(rows.get(i));
      Object found = prepared.rows().get(i).get(feature.name());
      boolean test = i >= prepared.trainRows();
      boolean same =
          switch (column.kind()) {
            case LIST -> sameList(truth, found, test);
            case VECTOR -> sameVector((List<?>) truth, found);
            // A value of test rows alone has no id.
            default -> (test && found == null && !dense) || sameValue(truth, found, dense);
          };
      if (!same) {
        return Optional.of(String.format("row %d is '%s', not '%s'", rows.get(i), found, truth));
      }
    }
    return Optional.empty();
  }

  private boolean sameValue(Object truth, Object found, boolean dense) {
    if (truth == null) {
      return found == null
          || (dense && found.equals(feature.missing()))
          || (column.kind() == Kind.CATEGORY
              && found.equals(missing)
              && PERHAPS_VALUES.contains(missing));
    }
    if (found == null) {
      return false;
    }
    if (column.kind() == Kind.CATEGORY) {
      return truth.equals(found) || sameNumber(truth.toString(), found);
    }
    double number = (Double) truth;
    double other = found instanceof Double d ? d : number(found.toString());
    return dense ? (float) number == (float) other : number == other;
  }

  /** A dense feature of integers. */
  private static boolean sameNumber(String truth, Object found) {
    return found instanceof Double d && number(truth) == d;
  }

  private static double number(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  private boolean sameList(Object truth, Object found, boolean test) {
    if (!(found instanceof List<?> list)) {
      return false;
    }
    List<?> all = truth == null ? List.of() : (List<?>) truth;
    List<?> last = all.subList(Math.max(0, all.size() - feature.maxLen()), all.size());
    return test ? last.containsAll(list) : last.equals(list);
  }

  /** A list of one number is a number. */
  private boolean sameVector(List<?> truth, Object found) {
    List<?> list =
        found instanceof List<?> several ? several : found == null ? List.of() : List.of(found);
    return truth == null
        ? list.stream().allMatch(number -> number.equals(feature.missing()))
        : floats(truth).equals(floats(list));
  }

  private static List<Float> floats(List<?> numbers) {
    return numbers.stream().map(number -> ((Number) number).floatValue()).toList();
  }

  /** Bins go by the numbers: a larger number is in no lower bin. */
  private Optional<String> bins(FuzzPrepared prepared, List<Integer> rows) {
    TreeMap<Double, Integer> byNumber = new TreeMap<>();
    for (int i = 0; i < rows.size(); i++) {
      Object truth = column.truth().get(rows.get(i));
      Object found = prepared.rows().get(i).get(feature.name());
      if ((truth == null) != (found == null)) {
        return Optional.of(
            String.format("row %d is in the bin %s, not '%s'", rows.get(i), found, truth));
      }
      if (truth != null) {
        double number = truth instanceof Double d ? d : number(truth.toString());
        Integer other = byNumber.put(number, (Integer) found);
        if (Double.isNaN(number) || (other != null && !other.equals(found))) {
          return Optional.of(String.format("'%s' is in the bins %s and %s", truth, other, found));
        }
      }
    }
    int before = 0;
    for (Map.Entry<Double, Integer> entry : byNumber.entrySet()) {
      if (entry.getValue() < before) {
        return Optional.of("a larger number, " + entry.getKey() + ", is in a lower bin");
      }
      before = entry.getValue();
    }
    return Optional.empty();
  }
}
