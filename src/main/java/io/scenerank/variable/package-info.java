/**
 * A graph's variables: where they live and how they are sharded, their first values, reading and
 * writing them, and the random numbers of dropout.
 */
@NullMarked
package io.scenerank.variable;

import org.jspecify.annotations.NullMarked;
