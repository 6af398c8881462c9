/** What a training writes down as it runs: its history, and event files for TensorBoard. */
@NullMarked
package io.scenerank.train.log;

import org.jspecify.annotations.NullMarked;
