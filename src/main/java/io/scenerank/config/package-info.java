/** Reads configuration and explains what is wrong with it; the error type of every wrong input. */
package io.scenerank.config;
