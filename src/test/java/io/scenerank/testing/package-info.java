/** What several packages' tests share: a graph to run layers in, and a small data set. */
package io.scenerank.testing;
