/** The configuration of an experiment: defaults, YAML, settings; and runs that are saved. */
@NullMarked
package io.scenerank.train.experiment;

import org.jspecify.annotations.NullMarked;
