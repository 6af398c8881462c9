/** What a worker and a parameter server do. */
package io.scenerank.cluster.worker;
