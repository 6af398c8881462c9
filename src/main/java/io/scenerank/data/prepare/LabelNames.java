package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names that labels have. */
final class LabelNames {
  private static final ImmutableSet<String> LABELS =
      NameSet.of(
          "click clicked clicks clk clicking ctr cvr ctcvr like liked likes dislike",
          "disliked follow followed follows forward forwarded share shared shares",
          "comment commented hate hated purchase purchased purchases buy bought buys",
          "conversion conversions converted convert conv order ordered pay paid",
          "payment cart add_to_cart addtocart added_to_cart atc fav favor favorite",
          "favorited favourite favourited collect collected label labels target y",
          "y_true ground_truth response responded feedback attributed long_view",
          "effective_view valid_play install installed download downloaded finish",
          "finished complete completed subscribe subscribed signup signed_up booking",
          "booked churn churned skip skipped engaged engagement 点击 是否点击 购买 是否购买 标签");

  private static final ImmutableSet<String> RATINGS =
      NameSet.of("rating ratings score stars rate grade overall 评分");

  private static final ImmutableSet<String> EVENTS =
      NameSet.of(
          "behavior behaviour behavior_type behaviour_type action action_type event",
          "event_type event_name interaction interaction_type btag action_name");

  private static final Pattern BEFORE =
      Pattern.compile("^(is|has|did|was|if|label|target|y|flag)_+(?=.)");
  private static final Pattern BEHIND =
      Pattern.compile("(?<=.)_+(flag|label|target|bool|bin|binary|indicator|yn)$|(?<=.)_*[0-9]+$");

  // How much, when and how often of what a label says: conversion_value, buy_price.
  private static final Pattern MEASURED =
      Pattern.compile(
          "(.+?)_(value|val|amount|amt|price|cost|revenue|time|ms|sec|seconds|duration|count|cnt|num"
              + "|qty|quantity)");
  // Prices that nobody has to pay for: of a stock, of a plan.
  private static final ImmutableSet<String> NO_PRICES = NameSet.of("share_price target_price");

  private LabelNames() {}

  /** Whether a column has the name of a label: {@code is_click}, {@code isClick}, {@code clk}. */
  static boolean isLabel(NameWords name) {
    return matches(name.joined(), LABELS);
  }

  /** Whether a column has the name of a measure of a label, which is known when the label is. */
  static boolean isMeasured(NameWords name) {
    Matcher measured = MEASURED.matcher(name.joined());
    return measured.matches()
        && matches(measured.group(1), LABELS)
        && !NO_PRICES.contains(name.joined());
  }

  /** Whether a column has the name of a rating, of which the best ones are a label. */
  static boolean isRating(NameWords name) {
    return matches(name.joined(), RATINGS);
  }

  /** Whether a column has the name of a user's action: {@code behavior_type}. */
  static boolean isEvent(NameWords name) {
    return EVENTS.contains(name.joined());
  }

  /** Whether an event of this name is a task: all but those that say that an item was shown. */
  static boolean isTask(String event) {
    return matches(NameWords.of(event).joined(), LABELS);
  }

  private static boolean matches(String joined, ImmutableSet<String> names) {
    String bare = BEHIND.matcher(BEFORE.matcher(joined).replaceFirst("")).replaceFirst("");
    return names.contains(joined)
        || names.contains(bare)
        || (bare.matches("(is|has|did).+") && names.contains(bare.replaceFirst("is|has|did", "")));
  }
}
