package io.scenerank.data.prepare;

import io.scenerank.data.DuckDb;
import io.scenerank.data.prepare.FuzzColumn.Kind;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** Columns of Parquet files: their texts are the values in DuckDB's SQL, with their type. */
record FuzzTyped(Random random, String missing) {
  private static final long DAY = 86_400_000_000L;
  private static final double FLOATS = 1 << 24;
  private static final double DOUBLES = 1L << 53;

  /** The same column in a random type that holds its values. */
  FuzzColumn of(FuzzColumn column) {
    return switch (column.kind()) {
      case LABEL, INDEX -> random.nextInt(4) == 0 ? texts(column) : integers(column);
      case CATEGORY ->
          column.truth().stream()
                      .allMatch(v -> v == null || v.toString().matches("-?(0|[1-9]\\d*)"))
                  && random.nextInt(4) > 0
              ? integers(column)
              : random.nextInt(6) == 0 ? typed(column, "BLOB", this::blob) : texts(column);
      case NUMBER -> random.nextInt(4) == 0 ? texts(column) : number(column);
      case TIME -> random.nextInt(4) == 0 ? texts(column) : time(column);
      case LIST -> random.nextInt(4) == 0 ? texts(column) : list(column);
      case VECTOR, NESTED -> column;
    };
  }

  private <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private static FuzzColumn typed(FuzzColumn column, String type, Function<Object, String> sql) {
    List<String> texts =
        column.truth().stream()
            .map(v -> String.format("CAST(%s AS %s)", v == null ? "NULL" : sql.apply(v), type))
            .toList();
    return new FuzzColumn(column.name(), column.kind(), type, column.truth(), texts);
  }

  private String blob(Object text) {
    return "encode(" + DuckDb.text(text.toString()) + ")";
  }

  /** As a CSV file has them, perhaps with a mark where one is missing. */
  private FuzzColumn texts(FuzzColumn column) {
    List<String> texts =
        column.texts().stream()
            .map(t -> t == null && !missing.isEmpty() ? missing : t)
            .map(t -> t == null ? "CAST(NULL AS VARCHAR)" : DuckDb.text(t))
            .toList();
    return new FuzzColumn(
        column.name(), column.kind(), "VARCHAR of " + column.form(), column.truth(), texts);
  }

  private FuzzColumn integers(FuzzColumn column) {
    long[] values =
        column.truth().stream()
            .filter(Objects::nonNull)
            .mapToLong(v -> Long.parseLong(v.toString()))
            .toArray();
    long low = LongStream.of(values).min().orElse(0);
    long high = LongStream.of(values).max().orElse(0);
    double most = Math.max(Math.abs((double) low), Math.abs((double) high));
    List<String> types = new ArrayList<>(List.of("BIGINT", "BIGINT", "DECIMAL(20,0)"));
    if (low >= Integer.MIN_VALUE && high <= Integer.MAX_VALUE) {
      types.addAll(List.of("INTEGER", "INTEGER", "DECIMAL(12,2)"));
    }
    if (low >= 0) {
      types.add("UBIGINT");
    }
    if (low >= 0 && high < 1L << 32) {
      types.add("UINTEGER");
    }
    if (low >= Short.MIN_VALUE && high <= Short.MAX_VALUE) {
      types.addAll(List.of("SMALLINT", "DECIMAL(7,1)"));
    }
    if (low >= Byte.MIN_VALUE && high <= Byte.MAX_VALUE) {
      types.addAll(List.of("TINYINT", "DECIMAL(4,0)"));
    }
    if (low >= 0 && high < 256) {
      types.add("UTINYINT");
    }
    if (most < FLOATS) {
      types.add("FLOAT");
    }
    if (most < DOUBLES) {
      // Parquet has no integers of 128 bits: DuckDB writes doubles.
      types.addAll(List.of("DOUBLE", "HUGEINT"));
    }
    if (column.kind() == Kind.LABEL) {
      types.addAll(List.of("BOOLEAN", "BOOLEAN"));
    }
    return typed(column, pick(types), String::valueOf);
  }

  private FuzzColumn number(FuzzColumn column) {
    List<String> types = List.of("FLOAT", "DOUBLE", "DOUBLE", "DECIMAL(18,6)", "DECIMAL(38,9)");
    String type = pick(types);
    List<Double> truth =
        column.truth().stream()
            .map(v -> v == null ? null : held((Double) v, type))
            .collect(Collectors.toCollection(ArrayList::new));
    boolean notANumber = !type.startsWith("DECIMAL") && random.nextInt(3) == 0;
    List<String> texts =
        truth.stream()
            .map(
                v ->
                    String.format(
                        "CAST(%s AS %s)",
                        v != null ? DuckDb.text(v.toString()) : notANumber ? "'nan'" : "NULL",
                        type))
            .toList();
    return new FuzzColumn(column.name(), column.kind(), type, truth, texts);
  }

  /** What a column of the type holds of the value. */
  private static Double held(Double value, String type) {
    return switch (type) {
      case "FLOAT" -> (double) value.floatValue();
      case "DECIMAL(18,6)" ->
          BigDecimal.valueOf(value).setScale(6, RoundingMode.HALF_UP).doubleValue();
      default -> value;
    };
  }

  private FuzzColumn time(FuzzColumn column) {
    List<String> types =
        new ArrayList<>(List.of("TIMESTAMP", "TIMESTAMP_NS", "TIMESTAMPTZ", "BIGINT"));
    if (isMultiple(column, 1000)) {
      types.add("TIMESTAMP_MS");
    }
    if (isMultiple(column, DAY)) {
      types.addAll(List.of("DATE", "DATE"));
    }
    String type = pick(types);
    return type.equals("BIGINT")
        ? typed(column, type, String::valueOf)
        : typed(column, type, v -> "make_timestamp(" + v + ")");
  }

  private static boolean isMultiple(FuzzColumn column, long unit) {
    return column.truth().stream().allMatch(v -> v == null || (Long) v % unit == 0);
  }

  private FuzzColumn list(FuzzColumn column) {
    boolean integers =
        column.truth().stream()
            .filter(Objects::nonNull)
            .flatMap(v -> ((List<?>) v).stream())
            .allMatch(e -> e.toString().matches("\\d{1,2}"));
    String type =
        integers
            ? pick(
                List.of(
                    "INTEGER[]",
                    "BIGINT[]",
                    "TINYINT[]",
                    "UBIGINT[]",
                    "DOUBLE[]",
                    "FLOAT[]",
                    "VARCHAR[]",
                    "DECIMAL(9,0)[]"))
            : pick(List.of("VARCHAR[]", "VARCHAR[]", "BLOB[]"));
    boolean nulls = random.nextInt(4) == 0 && !type.matches("(DOUBLE|FLOAT|DECIMAL).*");
    return typed(column, type, v -> elements((List<?>) v, type, nulls));
  }

  private String elements(List<?> list, String type, boolean nulls) {
    return list.stream()
        .map(e -> type.equals("BLOB[]") ? blob(e) : DuckDb.text(e.toString()))
        .map(e -> nulls && random.nextInt(3) == 0 ? "NULL, " + e : e)
        .collect(Collectors.joining(", ", "[", "]"));
  }

  /** Lists of floats, all of one length or not. */
  FuzzColumn vector(String name, int rows) {
    String type = pick(List.of("FLOAT[]", "DOUBLE[]", "DECIMAL(9,3)[]"));
    int length = 1 + random.nextInt(6);
    boolean ragged = random.nextInt(4) == 0;
    double none = random.nextInt(3) == 0 ? 0.1 : 0;
    return rows(
        name,
        Kind.VECTOR,
        type + (ragged ? ", ragged" : ""),
        rows,
        none,
        row ->
            random
                .ints(ragged ? row % 4 + 1 : length, -5000, 5000)
                .mapToObj(i -> i / 1000.0 + 0.0005)
                .map(d -> (double) Math.round(d * 1000) / 1000)
                .toList(),
        (list, cast) -> String.format("CAST(%s AS %s)", cast, type));
  }

  /** What no feature can hold. */
  FuzzColumn nested(String name, int rows) {
    int form = random.nextInt(4);
    return rows(
        name,
        Kind.NESTED,
        "nested " + form,
        rows,
        0.1,
        row -> List.of((double) random.nextInt(4), (double) random.nextInt(4)),
        (list, cast) ->
            switch (form) {
              case 0 -> "CAST([" + cast + "] AS INTEGER[][])";
              case 1 -> "CAST({'a': " + cast + "[1], 'b': 'x'} AS STRUCT(a INTEGER, b VARCHAR))";
              case 2 -> "CAST([{'id': " + cast + "[1]}] AS STRUCT(id BIGINT)[])";
              default -> "MAP {'k': CAST(" + cast + "[1] AS INTEGER)}";
            });
  }

  private FuzzColumn rows(
      String name,
      Kind kind,
      String form,
      int rows,
      double none,
      Function<Integer, List<Double>> value,
      BiFunction<List<Double>, String, String> sql) {
    List<List<Double>> truth = new ArrayList<>();
    List<String> texts = new ArrayList<>();
    List<Double> first = value.apply(0);
    String empty = "CASE WHEN false THEN " + sql.apply(first, list(first)) + " END";
    for (int row = 0; row < rows; row++) {
      List<Double> here = value.apply(row);
      boolean missing = random.nextDouble() < none;
      truth.add(missing ? null : here);
      texts.add(missing ? empty : sql.apply(here, list(here)));
    }
    return new FuzzColumn(name, kind, form, truth, texts);
  }

  private static String list(List<Double> values) {
    return values.stream()
        .map(v -> String.format(Locale.ROOT, "%.3f", v))
        .collect(Collectors.joining(", ", "[", "]"));
  }
}
