//! Draws the cost of a patch of three keys against the size of the document, as SVG on standard output:
//!
//! ```text
//! cargo run --release --manifest-path benches/peers/Cargo.toml --bin plot >benches/peers/growth.svg
//! ```

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

use metadata_merge::{merge_in_place, text};
use plotters::prelude::*;
use serde_json::Value;
use workloads::{Workload, flat, nulls};

mod peers;

type Merge = fn(&Workload, Value, Value);

const SERIES: [(&str, RGBColor, Merge); 6] = [
    ("text: serde_json and json-patch", RGBColor(150, 150, 150), |workload, _, _| {
        drop(black_box(peers::json_patch(&workload.document_text, &workload.patch_text)));
    }),
    ("text: simd-json", RGBColor(230, 160, 30), |workload, _, _| {
        drop(black_box(peers::simd_json(&workload.document_text, &workload.patch_text)));
    }),
    ("text: sonic-rs", RGBColor(120, 80, 200), |workload, _, _| {
        drop(black_box(peers::sonic_rs(&workload.document_text, &workload.patch_text)));
    }),
    ("text::merge", RGBColor(200, 30, 60), |workload, _, _| {
        drop(black_box(text::merge(&workload.document_text, &workload.patch_text)));
    }),
    ("tree: json-patch", RGBColor(90, 170, 220), |_, mut document, patch| {
        json_patch::merge(&mut document, &patch);
        std::mem::forget(black_box(document));
    }),
    ("merge_in_place", RGBColor(20, 110, 60), |_, mut document, patch| {
        merge_in_place(&mut document, patch).expect("objects");
        // The time to drop the stored document is not part of the merge.
        std::mem::forget(black_box(document));
    }),
];

fn main() -> Result<(), Box<dyn Error>> {
    let workloads: Vec<Workload> = (0..=16)
        .map(|step| {
            let members = (3.0 * 10_f64.powf(f64::from(step) / 3.2)) as u32;
            let patch = flat([1, members].into_iter()).into_iter().chain(nulls([0].into_iter())).collect();
            Workload::new("", flat(0..members), patch)
        })
        .collect();
    let points: Vec<Vec<(f64, f64)>> = SERIES
        .iter()
        .map(|(_, _, merge)| {
            workloads
                .iter()
                .map(|workload| (workload.document_text.len() as f64, nanoseconds(workload, *merge)))
                .collect()
        })
        .collect();

    let mut svg = String::new();
    draw(&points, SVGBackend::with_string(&mut svg, (860, 560)))?;
    println!("{svg}");
    Ok(())
}

/// Returns the minimum of many runs, because other work on the machine only adds time.
fn nanoseconds(workload: &Workload, merge: Merge) -> f64 {
    let batch = (20_000 / workload.document_text.len()).clamp(1, 100);
    (0..31)
        .map(|_| {
            let inputs: Vec<_> = (0..batch).map(|_| (workload.document.clone(), workload.patch.clone())).collect();
            let start = Instant::now();
            for (document, patch) in inputs {
                merge(workload, document, patch);
            }
            start.elapsed().as_secs_f64() * 1e9 / batch as f64
        })
        .fold(f64::MAX, f64::min)
}

fn draw(points: &[Vec<(f64, f64)>], svg: SVGBackend) -> Result<(), Box<dyn Error>> {
    let all = || points.iter().flatten();
    let range = |values: &mut dyn Iterator<Item = f64>, above: f64| {
        let (low, high) = values.fold((f64::MAX, 0.0_f64), |(low, high), value| (low.min(value), high.max(value)));
        (low / 1.5..high * above).log_scale()
    };
    let area = svg.into_drawing_area();
    area.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&area)
        .caption("A patch of three keys: cost against the size of the document", ("sans-serif", 18))
        .margin(14)
        .x_label_area_size(44)
        .y_label_area_size(72)
        .build_cartesian_2d(range(&mut all().map(|point| point.0), 1.5), range(&mut all().map(|point| point.1), 3.0))?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .x_desc("size of the document as text")
        .y_desc("time")
        .x_label_formatter(&|bytes| scale(*bytes, ["B", "kB", "MB", "GB"]))
        .y_label_formatter(&|time| scale(*time, ["ns", "µs", "ms", "s"]))
        .draw()?;
    for ((name, colour, _), points) in SERIES.iter().zip(points) {
        let style = colour.stroke_width(2);
        chart
            .draw_series(LineSeries::new(points.iter().copied(), style).point_size(2))?
            .label(*name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], style));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE.mix(0.9))
        .border_style(RGBColor(200, 200, 200))
        .draw()?;
    area.present()?;
    Ok(())
}

/// Formats a power of ten with its unit.
fn scale(value: f64, units: [&str; 4]) -> String {
    let step = ((value.log10() + 1e-9) / 3.0).floor().clamp(0.0, 3.0);
    format!("{} {}", value / 1000_f64.powf(step), units[step as usize])
}
