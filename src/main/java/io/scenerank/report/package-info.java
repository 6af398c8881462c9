/**
 * What a run came to, for people: its numbers as JSON and as one page of HTML that needs nothing
 * else, with curves of the training, tables, calibration and the effect of the gates for each
 * scenario.
 */
@NullMarked
package io.scenerank.report;

import org.jspecify.annotations.NullMarked;
