package io.scenerank.data.prepare;

import com.google.common.collect.ImmutableList;
import java.util.Optional;

/**
 * A guess at what raw rows are.
 *
 * @param yaml a description with comments, which {@link Description} reads
 * @param notes lines that people should read
 * @param problem why rows cannot be prepared with it as it is; empty where they can
 */
public record GuessedDescription(
    String yaml, ImmutableList<String> notes, Optional<String> problem) {}
