/** What tests of several packages share. */
package io.scenerank.testing;
