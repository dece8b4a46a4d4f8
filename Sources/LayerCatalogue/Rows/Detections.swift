extension LayerCatalogue {
    /// The last layers of detectors.
    static let detectionTypes: [LayerType] = [
        LayerType(
            "DetectionOutput",
            [
                .int(0, "num_class"), .float(1, "nms_threshold", 0.05), .int(2, "nms_top_k", 300),
                .int(3, "keep_top_k", 100), .float(4, "confidence_threshold", 0.5),
                .float(5, "variances[0]", 0.1), .float(6, "variances[1]", 0.1), .float(7, "variances[2]", 0.2),
                .float(8, "variances[3]", 0.2),
            ]),
        LayerType(
            "PriorBox",
            [
                .floats(0, "min_sizes"), .floats(1, "max_sizes"), .floats(2, "aspect_ratios"),
                .float(3, "variances[0]", 0.1), .float(4, "variances[1]", 0.1), .float(5, "variances[2]", 0.2),
                .float(6, "variances[3]", 0.2), .int(7, "flip", 1), .int(8, "clip"), .int(9, "image_width"),
                .int(10, "image_height"), .float(11, "step_width", -233), .float(12, "step_height", -233),
                .float(13, "offset"), .int(14, "step_mmdetection"), .int(15, "center_mmdetection"),
            ]),
        LayerType(
            "Proposal",
            [
                .int(0, "feat_stride", 16), .int(1, "base_size", 16), .int(2, "pre_nms_topN", 6000),
                .int(3, "after_nms_topN", 300), .float(4, "nms_thresh", 0.7), .int(5, "min_size", 16),
            ]),
        LayerType("YoloDetectionOutput", yolo),
        LayerType("Yolov3DetectionOutput", yolo + [.floats(5, "mask"), .floats(6, "anchors_scale")]),
    ]

    private static let yolo: [ParamSpec] = [
        .int(0, "num_class", 20), .int(1, "num_box", 5), .float(2, "confidence_threshold", 0.01),
        .float(3, "nms_threshold", 0.45), .floats(4, "biases"),
    ]
}
