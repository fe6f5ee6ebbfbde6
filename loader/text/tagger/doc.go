// Package tagger finds mentions by example: a sequence tagger that learns from sentences whose mentions are marked.
//
//	model := tagger.Train(sentences)
//	spans := model.Tag(words)
//
// It is an averaged perceptron over the words of a sentence, their neighbours, shapes and ends, and the classes that
// its caller gives them, which finds the best sequence of labels as a whole. It learns in seconds, and with integers
// alone, so that the same sentences make the same model on every machine. Of the words a model holds hashes only.
package tagger
