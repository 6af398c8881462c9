package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import io.scenerank.config.InvalidInputException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * MovieLens 100K: 100,000 ratings of 943 users for 1,682 films. From the original folder ({@code
 * u.data}, {@code u.item}, {@code u.user}) or from three Parquet files of the same content.
 *
 * <p>Source: The MovieLens Datasets: History and Context (Harper and Konstan, 2015).
 */
final class MovieLens100k {
  static final String NAME = "movielens-100k";

  private static final ImmutableList<String> GENRES =
      ImmutableList.of(
          "unknown",
          "Action",
          "Adventure",
          "Animation",
          "Children's",
          "Comedy",
          "Crime",
          "Documentary",
          "Drama",
          "Fantasy",
          "Film-Noir",
          "Horror",
          "Musical",
          "Mystery",
          "Romance",
          "Sci-Fi",
          "Thriller",
          "War",
          "Western");

  private static final ImmutableList<String> SUFFIXES =
      ImmutableList.of(".parquet", ".parquet.brotli");

  private MovieLens100k() {}

  /** The three relations, as what follows FROM, and their files. */
  private record Tables(String ratings, String items, String users, List<Path> files) {}

  static SqlSource rows(Path folder) throws IOException {
    Optional<Path> original = NamedSource.find(folder, List.of("u.data"));
    Tables tables = original.isPresent() ? original(folder) : parquet(folder);
    return new SqlSource(
        folder.toString(),
        query(tables),
        ImmutableList.copyOf(tables.files()),
        NamedSource.bytes(tables.files()));
  }

  private static Tables parquet(Path folder) {
    List<Path> files =
        Stream.of("data", "items", "users")
            .map(
                part ->
                    NamedSource.find(
                            folder,
                            SUFFIXES.stream().map(end -> "MovieLens100k_" + part + end).toList())
                        .orElseThrow(
                            () ->
                                new InvalidInputException(
                                    folder
                                        + ": has neither u.data nor MovieLens100k_"
                                        + part
                                        + ".parquet, expected the files of MovieLens 100K")))
            .toList();
    List<String> relations =
        files.stream().map(file -> "read_parquet(" + NamedSource.quoted(file) + ")").toList();
    return new Tables(relations.get(0), relations.get(1), relations.get(2), files);
  }

  private static Tables original(Path folder) {
    Path data = NamedSource.require(folder, "u.data");
    Path items = NamedSource.require(folder, "u.item");
    Path users = NamedSource.require(folder, "u.user");
    String genres =
        GENRES.stream()
            .map(genre -> quotedKey(genre) + ": 'INTEGER'")
            .collect(Collectors.joining(", "));
    return new Tables(
        csv(
            data,
            "\\t",
            "'user_id': 'INTEGER', 'movie_id': 'INTEGER', 'rating': 'INTEGER',"
                + " 'timestamp': 'BIGINT'"),
        csv(
            items,
            "|",
            "'movie_id': 'INTEGER', 'movie_title': 'VARCHAR', 'release_date': 'VARCHAR',"
                + " 'video_release_date': 'VARCHAR', 'IMDb_URL': 'VARCHAR', "
                + genres),
        csv(
            users,
            "|",
            "'user_id': 'INTEGER', 'age': 'INTEGER', 'gender': 'VARCHAR', 'occupation': 'VARCHAR',"
                + " 'zip_code': 'VARCHAR'"),
        List.of(data, items, users));
  }

  /** The films' titles are in Latin-1. */
  private static String csv(Path file, String delimiter, String columns) {
    return String.format(
        "read_csv(%s, delim = '%s', header = false, quote = '', encoding = 'latin-1',"
            + " columns = {%s})",
        NamedSource.quoted(file), delimiter, columns);
  }

  private static String quotedKey(String name) {
    return "'" + name.replace("'", "''") + "'";
  }

  private static String query(Tables tables) {
    String genres =
        GENRES.stream()
            .map(
                genre ->
                    String.format(
                        "CASE WHEN i.\"%s\" = 1 THEN '%s' END", genre, genre.replace("'", "''")))
            .collect(Collectors.joining(", "));
    return String.join(
        "\n",
        "WITH ratings AS (SELECT user_id, movie_id, rating, \"timestamp\" FROM "
            + tables.ratings()
            + "),",
        "met AS (SELECT user_id, \"timestamp\", list(movie_id ORDER BY movie_id) AS items",
        "  FROM ratings GROUP BY user_id, \"timestamp\"),",
        "histories AS (" + NamedSource.histories("met", "user_id", "\"timestamp\"") + ")",
        "SELECT r.user_id, r.movie_id, r.rating, r.\"timestamp\", h.history, u.age, u.gender,",
        "  u.occupation, u.zip_code,",
        "  TRY_CAST(regexp_extract(i.release_date, '([0-9]{4})$', 1) AS INTEGER) AS release_year,",
        "  list_filter([" + genres + "], genre -> genre IS NOT NULL) AS genres",
        "FROM ratings r",
        "JOIN histories h ON h.user_id = r.user_id AND h.\"timestamp\" = r.\"timestamp\"",
        "LEFT JOIN " + tables.users() + " u ON u.user_id = r.user_id",
        "LEFT JOIN " + tables.items() + " i ON i.movie_id = r.movie_id",
        "ORDER BY r.\"timestamp\", r.user_id, r.movie_id");
  }
}
