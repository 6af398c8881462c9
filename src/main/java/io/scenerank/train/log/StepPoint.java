package io.scenerank.train.log;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;

/**
 * A step of a training's history.
 *
 * @param epoch number of the epoch, from 1
 * @param step number of the step, from 1; it counts on from a training that this one resumes
 * @param loss mean loss of the steps since the point before
 * @param learningRate rate of the step
 * @param samplesPerSecond rows a second since the point before
 * @param gradientNorm Euclidean norm of all gradients of the step together
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record StepPoint(
    int epoch,
    int step,
    double loss,
    double learningRate,
    double samplesPerSecond,
    double gradientNorm) {}
