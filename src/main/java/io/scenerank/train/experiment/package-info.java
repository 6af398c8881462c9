/** The configuration of an experiment: defaults, YAML, settings; and runs that are saved. */
package io.scenerank.train.experiment;
