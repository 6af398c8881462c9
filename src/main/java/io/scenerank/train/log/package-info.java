/** What a training writes down as it runs: its history, and event files for TensorBoard. */
package io.scenerank.train.log;
