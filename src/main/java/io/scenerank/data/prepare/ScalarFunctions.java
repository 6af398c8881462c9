package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableSet;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The functions that a description's expressions may call: their result depends on their arguments
 * alone, in every row and whenever they are called. What reads files, settings, the clock or random
 * numbers is not among them, nor what makes much of little, as {@code repeat}. {@code
 * docs/expressions.md} lists them.
 */
final class ScalarFunctions {
  /** Operators; {@code LIKE} and {@code AT TIME ZONE} are some too. */
  private static final String OPERATORS =
      "+ - * / // % ^ ** & | ~ << >> || @ !__postfix ~~ !~~ ~~* !~~* ~~~ @> <@ && ^@ -> ->> xor";

  /** What the parser makes of syntax: lists, structs, maps, intervals, {@code LIKE … ESCAPE}. */
  private static final String SYNTAX =
      "list_value list_pack array_value struct_pack row map struct_extract struct_extract_at"
          + " to_years to_months to_days to_hours to_minutes to_seconds to_milliseconds"
          + " to_microseconds to_weeks to_quarters to_decades to_centuries to_millennia trunc"
          + " like_escape not_like_escape ilike_escape not_ilike_escape timezone nullif";

  private static final String NUMBERS =
      "abs add ceil ceiling cbrt cos cosh cot acos acosh asin asinh atan atan2 atanh degrees divide"
          + " even exp factorial fdiv floor fmod gamma gcd greatest isfinite isinf isnan lcm least"
          + " lgamma ln log log10 log2 mod multiply nextafter pi pow power radians round round_even"
          + " sign signbit sin sinh sqrt subtract tan tanh bit_count";

  private static final String TEXTS =
      "ascii bit_length char_length character_length chr concat concat_ws contains"
          + " damerau_levenshtein ends_with from_base64 from_hex hamming hex instr jaccard"
          + " jaro_similarity jaro_winkler_similarity lcase left left_grapheme length"
          + " length_grapheme levenshtein lower lpad ltrim md5 md5_number md5_number_lower"
          + " md5_number_upper nfc_normalize octet_length ord position prefix regexp_escape"
          + " regexp_extract regexp_extract_all regexp_full_match regexp_matches regexp_replace"
          + " regexp_split_to_array replace reverse right right_grapheme rpad rtrim sha1 sha256"
          + " split_part split str_split str_split_regex string_split string_split_regex"
          + " string_to_array starts_with strip_accents strlen strpos substr substring"
          + " substring_grapheme suffix to_base64 to_hex translate trim ucase unhex unicode upper"
          + " url_decode url_encode";

  private static final String TIMES =
      "century date_add date_diff date_part date_sub date_trunc datediff datepart datesub datetrunc"
          + " day dayname dayofmonth dayofweek dayofyear days_in_month decade epoch epoch_ms epoch_ns"
          + " epoch_us era hour isodow isoyear julian last_day make_date make_time make_timestamp"
          + " make_timestamp_ms make_timestamp_ns microsecond millennium millisecond minute month"
          + " monthname nanosecond quarter second strftime strptime time_bucket to_timestamp"
          + " try_strptime week weekday weekofyear year yearweek";

  private static final String LISTS =
      "array_append array_cat array_concat array_contains array_cosine_similarity array_distance"
          + " array_distinct array_dot_product array_extract array_has array_has_all"
          + " array_has_any array_indexof array_inner_product array_intersect array_length"
          + " array_pop_back array_pop_front array_position array_prepend array_push_back"
          + " array_push_front array_reverse array_reverse_sort array_slice array_sort"
          + " array_to_string array_unique array_zip cardinality element_at flatten len list_append"
          + " list_avg list_bool_and list_bool_or list_cat list_concat list_contains list_count"
          + " list_cosine_similarity list_distance list_distinct list_dot_product list_element"
          + " list_extract list_first list_has list_has_all list_has_any list_indexof"
          + " list_inner_product list_intersect list_last list_max list_median list_min"
          + " list_position list_prepend list_product list_reverse list_reverse_sort list_select"
          + " list_slice list_sort list_stddev_pop list_stddev_samp list_sum list_unique list_value"
          + " list_var_pop list_var_samp list_where list_zip map_contains map_entries map_extract"
          + " map_extract_value map_keys map_values";

  private static final String JSON =
      "from_json from_json_strict json_array_length json_contains json_exists json_extract"
          + " json_extract_path json_extract_path_text json_extract_string json_keys json_transform"
          + " json_transform_strict json_type json_valid json_value";

  /** Functions of a list and of an expression over each of its elements. */
  private static final ImmutableSet<String> OVER_ELEMENTS =
      names(
          "list_transform list_apply list_filter list_reduce array_transform array_apply"
              + " array_filter array_reduce apply filter reduce");

  /** The names that people write, without those that only syntax makes. */
  static final ImmutableSet<String> NAMED =
      Stream.of(
              names(NUMBERS), names(TEXTS), names(TIMES), names(LISTS), names(JSON), OVER_ELEMENTS)
          .flatMap(ImmutableSet::stream)
          .collect(ImmutableSet.toImmutableSet());

  /** All of them. */
  static final ImmutableSet<String> ALL =
      ImmutableSet.<String>builder()
          .addAll(NAMED)
          .addAll(names(OPERATORS))
          .addAll(names(SYNTAX))
          .build();

  private ScalarFunctions() {}

  private static ImmutableSet<String> names(String list) {
    return ImmutableSet.copyOf(list.split(" "));
  }

  /** Whether an expression may call the function. */
  static boolean allows(String name) {
    return ALL.contains(name.toLowerCase(Locale.ROOT));
  }

  /** Whether its second argument is an expression over each element of the first. */
  static boolean takesLambda(String name) {
    return OVER_ELEMENTS.contains(name.toLowerCase(Locale.ROOT));
  }
}
