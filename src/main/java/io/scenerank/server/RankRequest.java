package io.scenerank.server;

import com.google.common.collect.ImmutableMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the body of {@code /v1/rank} asks, its rows aside.
 *
 * @param top how many candidates the answer has at most
 * @param weights of the tasks in the score that orders the candidates; empty for their mean
 * @param ids what names each candidate in the answer; null for one without
 */
record RankRequest(int top, ImmutableMap<String, Double> weights, List<@Nullable Object> ids) {}
