//! Which texts the model computes together, and whose answer is whose.

use std::error::Error;

/// `[CLS]` and `[SEP]`.
const SPECIAL_TOKENS: usize = 2;

/// At most one in so many tokens of a run is padding.
const PADDING_IS_ONE_IN: usize = 4;

/// What a run costs beside its tokens, in tokens: it reads all weights from memory once.
const RUN_COST: usize = 8;

/// The most tokens of a run, padding included. A larger one is no cheaper, and takes memory.
const MOST_TOKENS: usize = 1024;

pub type Failure = Box<dyn Error + Send + Sync>;

/// `None` when the text has no tokens.
pub type Answer = Result<Option<Embedding>, Failure>;

type Values = Result<Vec<f32>, Failure>;

#[derive(Debug, PartialEq)]
pub struct Embedding {
    pub values: Vec<f32>,
    /// How many tokens were kept, when there were more.
    pub truncated_to: Option<usize>,
}

/// A text as the model reads it.
pub struct Tokens {
    pub ids: Vec<u32>,
    pub truncated: bool,
}

/// One answer a text, in order.
///
/// `compute` gets the ids of the texts of one run, and gives an embedding for each. A run that fails is computed again text by text:
/// an error reaches the text that it comes from and no other.
pub fn embed_all(
    texts: Vec<Result<Tokens, Failure>>,
    mut compute: impl FnMut(&[&[u32]]) -> Result<Vec<Vec<f32>>, Failure>,
) -> Vec<Answer> {
    let lengths: Vec<usize> = texts.iter().map(|text| text.as_ref().map_or(0, |tokens| tokens.ids.len())).collect();
    let ids = |index: usize| texts[index].as_ref().map_or(&[][..], |tokens| &tokens.ids);

    let mut values: Vec<Option<Values>> = texts.iter().map(|_| None).collect();
    for run in runs(&lengths) {
        let together: Vec<&[u32]> = run.iter().map(|&index| ids(index)).collect();
        match compute(&together) {
            Ok(rows) => run.into_iter().zip(rows).for_each(|(index, row)| values[index] = Some(Ok(row))),
            Err(error) if run.len() == 1 => values[run[0]] = Some(Err(error)),
            Err(_) => {
                for index in run {
                    let alone = compute(&[ids(index)]).map(|rows| rows.into_iter().next().unwrap_or_default());
                    values[index] = Some(alone);
                }
            }
        }
    }

    let answer = |(text, values): (Result<Tokens, Failure>, Option<Values>)| {
        let Tokens { ids, truncated } = text?;
        let values = values.transpose()?;
        Ok(values.map(|values| Embedding { values, truncated_to: truncated.then_some(ids.len()) }))
    };
    texts.into_iter().zip(values).map(answer).collect()
}

/// Texts, by index, in runs of similar length, the shortest first; those without tokens in none. Of all ways to part them it is the
/// cheapest: all texts of a run are padded to its longest.
fn runs(lengths: &[usize]) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..lengths.len()).filter(|&index| lengths[index] > SPECIAL_TOKENS).collect();
    order.sort_by_key(|&index| lengths[index]);

    // For the 0, 1, 2, … shortest texts: what they cost, and where the last of their runs begins.
    let mut cheapest = vec![(0, 0)];
    for end in 1..=order.len() {
        let longest = lengths[order[end - 1]];
        let alone = end - 1;
        let mut best = (cheapest[alone].0 + RUN_COST + longest, alone);
        let mut tokens = longest;
        for begin in (0..alone).rev() {
            tokens += lengths[order[begin]];
            let places = longest * (end - begin);
            if places > MOST_TOKENS || (places - tokens) * PADDING_IS_ONE_IN > places {
                break; // those before are shorter still
            }
            best = best.min((cheapest[begin].0 + RUN_COST + places, begin));
        }
        cheapest.push(best);
    }

    let mut runs = Vec::new();
    let mut end = order.len();
    while end > 0 {
        let begin = cheapest[end].1;
        runs.push(order[begin..end].to_vec());
        end = begin;
    }
    runs.reverse();
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(ids: &[u32]) -> Result<Tokens, Failure> {
        Ok(Tokens { ids: ids.to_vec(), truncated: false })
    }

    fn values(answer: &Answer) -> Option<&[f32]> {
        answer.as_ref().unwrap().as_ref().map(|embedding| embedding.values.as_slice())
    }

    #[test]
    fn texts_of_similar_length_are_run_together() {
        let cases: [(&[usize], &[&[usize]]); 9] = [
            (&[], &[]),
            (&[2, 0], &[]),
            (&[9], &[&[0]]),
            (&[12, 2, 10], &[&[2, 0]]),
            (&[256, 10, 10, 11], &[&[1, 2, 3], &[0]]),
            // 4 of 16 are a quarter, 5 of 16 are more.
            (&[4, 8], &[&[0, 1]]),
            (&[3, 8], &[&[0], &[1]]),
            // 5 of padding cost less than a run, 10 cost more.
            (&[25, 30], &[&[0, 1]]),
            (&[20, 30], &[&[0], &[1]]),
        ];
        for (lengths, expected) in cases {
            assert_eq!(runs(lengths), expected, "{lengths:?}");
        }
    }

    #[test]
    fn runs_are_the_cheapest_of_all_ways() {
        fn places(lengths: &[usize]) -> usize {
            lengths.len() * lengths.iter().max().unwrap()
        }
        fn allowed(lengths: &[usize]) -> bool {
            let tokens: usize = lengths.iter().sum();
            places(lengths) <= MOST_TOKENS && places(lengths) * 3 <= tokens * 4
        }
        fn cost(ways: &[Vec<usize>]) -> usize {
            ways.iter().map(|run| RUN_COST + places(run)).sum()
        }
        // Whether a run ends behind a text: every combination.
        fn all_ways(sorted: &[usize]) -> impl Iterator<Item = Vec<Vec<usize>>> {
            (0..1_u32 << (sorted.len() - 1)).map(|ends| {
                let mut ways = vec![vec![sorted[0]]];
                for (place, &length) in sorted.iter().enumerate().skip(1) {
                    match ends >> (place - 1) & 1 {
                        0 => ways.last_mut().unwrap().push(length),
                        _ => ways.push(vec![length]),
                    }
                }
                ways
            })
        }

        let mut random = 7_u32;
        for _ in 0..200 {
            let mut lengths: Vec<usize> = Vec::new();
            for _ in 0..8 {
                random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                // Short ones more often, as in texts: 3 to 258.
                lengths.push(3 + (1_usize << (random >> 29)) * 2 + (random >> 8) as usize % 4);
            }
            let mut found = runs(&lengths);
            let ways: Vec<Vec<usize>> = found.iter().map(|run| run.iter().map(|&at| lengths[at]).collect()).collect();
            assert!(ways.iter().all(|run| allowed(run)), "{ways:?}");
            lengths.sort();
            let least =
                all_ways(&lengths).filter(|ways| ways.iter().all(|run| allowed(run))).map(|ways| cost(&ways)).min();
            assert_eq!(Some(cost(&ways)), least, "{ways:?}");
            found.iter_mut().for_each(|run| run.sort());
            let mut all = found.concat();
            all.sort();
            assert_eq!(all, (0..8).collect::<Vec<_>>());
        }
    }

    #[test]
    fn no_run_has_more_tokens_than_pay() {
        assert_eq!(runs(&[256; 9]).iter().map(Vec::len).max(), Some(4));
    }

    #[test]
    fn every_text_gets_its_own_vector() {
        let texts = vec![text(&[1, 7, 2]), text(&[1; 200]), text(&[1, 2]), text(&[1, 9, 2])];
        // A row says which run it comes from, how long the text is, and its second id.
        let mut runs = 0.0;
        let answers = embed_all(texts, |run| {
            runs += 1.0;
            Ok(run.iter().map(|ids| vec![runs, ids.len() as f32, ids[1] as f32]).collect())
        });
        assert_eq!(values(&answers[0]), Some(&[1.0, 3.0, 7.0][..]));
        assert_eq!(values(&answers[1]), Some(&[2.0, 200.0, 1.0][..]));
        assert_eq!(values(&answers[2]), None);
        assert_eq!(values(&answers[3]), Some(&[1.0, 3.0, 9.0][..]));
    }

    #[test]
    fn a_cut_is_told() {
        let answers = embed_all(vec![Ok(Tokens { ids: vec![1; 256], truncated: true })], |_| Ok(vec![vec![0.5]]));
        let expected = Embedding { values: vec![0.5], truncated_to: Some(256) };
        assert_eq!(answers[0].as_ref().unwrap().as_ref(), Some(&expected));
    }

    #[test]
    fn an_error_reaches_the_text_that_it_comes_from_and_no_other() {
        let texts = vec![text(&[1, 5, 2]), text(&[1, 66, 2]), Err("no token".into()), text(&[1, 6, 2])];
        let answers = embed_all(texts, |run| match run.iter().any(|ids| ids.contains(&66)) {
            true => Err("no session".into()),
            false => Ok(run.iter().map(|ids| vec![ids[1] as f32]).collect()),
        });
        assert_eq!(values(&answers[0]), Some(&[5.0][..]));
        assert_eq!(answers[1].as_ref().unwrap_err().to_string(), "no session");
        assert_eq!(answers[2].as_ref().unwrap_err().to_string(), "no token");
        assert_eq!(values(&answers[3]), Some(&[6.0][..]));
    }
}
