package io.scenerank.serve.graph;

import com.google.common.collect.ImmutableMap;
import java.util.Optional;

/**
 * The nodes at the ends of a forward pass over packed rows.
 *
 * @param ids the node of the ids [B, F], absent where no feature carries ids
 * @param dense the node of the dense values [B, G], absent where no feature is dense
 * @param outputs the node of each output, in the order of the names
 */
public record PackedNodes(
    Optional<String> ids, Optional<String> dense, ImmutableMap<String, String> outputs) {}
