/** What the workflow says in words: errors, values without a vocabulary entry, clusters. */
package io.scenerank.run.text;
